// ReDoc over the server's own document.
Redoc.init("openapi.json", { hideDownloadButton: false, jsonSampleExpandLevel: 3 }, document.getElementById("redoc"));
