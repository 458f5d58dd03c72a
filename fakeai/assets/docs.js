// Swagger UI over the server's own document.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none", // tags first: there are hundreds of operations
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1, // the list of all schemas costs more time than the rest of the page
  validatorUrl: null, // it would send the document to another host
});
