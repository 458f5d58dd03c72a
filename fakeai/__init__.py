"""FakeAI: a server that behaves like the OpenAI API and NVIDIA's inference stack, without a GPU or a model."""

__version__ = "1.0.0.dev0"
