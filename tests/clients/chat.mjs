// Calls the server at the address in the first argument as a program on Node would, and prints what came back as JSON.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0 });
const request = {
  model: "openai/gpt-oss-120b",
  messages: [{ role: "user", content: "Why do queues grow?" }],
};

const whole = await client.chat.completions.create(request);

const chunks = [];
for await (const chunk of await client.chat.completions.create({
  ...request,
  stream: true,
  stream_options: { include_usage: true },
})) {
  chunks.push(chunk);
}

const embeddings = await client.embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"] });

const models = [];
for await (const model of client.models.list()) {
  models.push(model.id);
}

let error = null;
try {
  await client.chat.completions.create({ ...request, messages: [] });
} catch (caught) {
  const { status, code, param, type } = caught;
  error = { name: caught.constructor.name, status, code, param, type };
}

console.log(
  JSON.stringify({
    text: whole.choices[0].message.content,
    usage: whole.usage,
    streamed: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""),
    finish_reasons: chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean),
    streamed_usage: chunks.at(-1).usage,
    embeddings: embeddings.data.map((item) => item.embedding),
    models,
    error,
  }),
);
