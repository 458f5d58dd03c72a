// ReDoc over the server's own document.
Redoc.init("openapi.json", { generatedSamplesMaxDepth: 3 }, document.getElementById("redoc"));
