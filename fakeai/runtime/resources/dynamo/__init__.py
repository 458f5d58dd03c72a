"""What the frontend of NVIDIA Dynamo answers beyond OpenAI's API."""
