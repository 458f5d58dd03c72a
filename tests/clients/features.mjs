// Works with the server at the address in the first argument as an application on Node would: tools, typed answers,
// streams, files. Prints what came back as JSON.
import OpenAI, { toFile } from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0 });
const { completions } = client.chat;
const model = "gpt-4o-mini";
const question = [{ role: "user", content: "What is the weather in Oslo?" }];
const Weather = z.object({ city: z.string() });
const description = "Get the current weather in a city";

const Ticket = z.object({
  title: z.string(),
  priority: z.enum(["low", "high"]),
  votes: z.number().int().min(0).max(10),
  steps: z.array(z.object({ text: z.string(), done: z.boolean() })),
  note: z.string().nullable(),
});
const ticket = {
  model,
  messages: [{ role: "user", content: "Write a ticket: the printer jams" }],
  response_format: zodResponseFormat(Ticket, "ticket"),
};

// A loop that the SDK runs: it calls the function until the model answers with text.
async function loop(stream) {
  const given = [];
  const tool = {
    type: "function",
    function: {
      name: "get_weather",
      description,
      parameters: z.toJSONSchema(Weather),
      parse: (text) => Weather.parse(JSON.parse(text)),
      function: ({ city }) => {
        given.push(city);
        return `It is 18 degrees in ${city}.`;
      },
    },
  };
  const runner = completions.runTools({ model, messages: question, tools: [tool], stream });
  const contents = [];
  if (stream) runner.on("content", (delta) => contents.push(delta));
  const answer = await runner.finalContent();
  const roles = runner.messages.map((message) => message.role);
  const usage = stream ? null : await runner.totalUsage();
  return { given, answer, roles, streamed: contents.join(""), total_tokens: usage?.total_tokens ?? null };
}

// The calls of a stream, put together from its chunks by hand and by the SDK.
async function streamedCalls() {
  const tools = [zodFunction({ name: "get_weather", description, parameters: Weather })];
  const request = { model, messages: question, tools };
  const [whole] = (await completions.parse(request)).choices;
  const calls = [];
  let reason = null;
  for await (const chunk of await completions.create({ ...request, stream: true })) {
    for (const { index, id, function: said } of chunk.choices[0].delta.tool_calls ?? []) {
      calls[index] ??= { ids: 0, name: "", arguments: "" };
      calls[index].ids += id ? 1 : 0;
      calls[index].name += said.name ?? "";
      calls[index].arguments += said.arguments;
    }
    reason = chunk.choices[0].finish_reason;
  }
  const stream = completions.stream(request);
  const done = [];
  stream.on("tool_calls.function.arguments.done", ({ name, arguments: text, parsed_arguments }) =>
    done.push({ name, arguments: text, parsed: parsed_arguments }),
  );
  const final = await stream.finalChatCompletion();
  return {
    whole: whole.message.tool_calls.map((call) => call.function),
    calls,
    reason,
    done,
    final: final.choices[0].message.tool_calls.map((call) => call.function),
  };
}

async function typed() {
  const whole = await completions.parse(ticket);
  const stream = completions.stream(ticket);
  let parts = 0;
  stream.on("content.delta", () => (parts += 1));
  const final = await stream.finalChatCompletion();
  return {
    whole: Ticket.parse(whole.choices[0].message.parsed),
    streamed: Ticket.parse(final.choices[0].message.parsed),
    parts,
    refusal: whole.choices[0].message.refusal,
  };
}

async function files() {
  const text = '{"prompt": "Hé"}\n'; // 18 bytes
  const made = await client.files.create({ file: await toFile(Buffer.from(text), "lines.jsonl"), purpose: "batch" });
  const back = await (await client.files.content(made.id)).text();
  const listed = [];
  for await (const file of client.files.list({ purpose: "batch" })) {
    listed.push(file.id);
  }
  const gone = await client.files.delete(made.id);
  const missing = await client.files.retrieve(made.id).catch((caught) => [caught.constructor.name, caught.status]);
  return {
    named: [made.filename, made.bytes],
    text: back,
    listed: listed.includes(made.id),
    deleted: gone.deleted,
    missing,
  };
}

async function embeddings() {
  const request = { model: "text-embedding-3-small", input: ["one", "two"], dimensions: 256 };
  const packed = await client.embeddings.create(request);
  const plain = await client.embeddings.create({ ...request, encoding_format: "float" });
  const [a, b] = [packed, plain].map((answer) => answer.data.map((item) => item.embedding));
  const apart = Math.max(...a.flatMap((vector, i) => vector.map((x, j) => Math.abs(x - b[i][j]))));
  return { sizes: a.map((vector) => vector.length), apart, usage: packed.usage };
}

// A stream that its reader leaves; the client goes on to work.
async function left() {
  const stream = await completions.create({ model, messages: question, stream: true });
  let read = 0;
  for await (const _ of stream) {
    if (++read === 3) break;
  }
  const again = await completions.create({ model, messages: question });
  return { read, aborted: stream.controller.signal.aborted, again: again.choices[0].finish_reason };
}

console.log(
  JSON.stringify({
    loop: await loop(false),
    streamed_loop: await loop(true),
    streamed_calls: await streamedCalls(),
    typed: await typed(),
    files: await files(),
    embeddings: await embeddings(),
    left: await left(),
  }),
);
