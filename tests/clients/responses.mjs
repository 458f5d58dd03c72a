// Works with responses of the server at the address in the first argument: whole, streamed, typed, with tools, with a
// file, in the background. Prints what came back as JSON.
import OpenAI, { toFile } from "openai";
import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0 });
const { responses } = client;
const model = "gpt-4.1-mini";
const question = "Why do queues grow?";
const Weather = z.object({ city: z.string() });
const weather = zodResponsesFunction({ name: "get_weather", description: "Get the weather in a city", parameters: Weather });
const Ticket = z.object({
  title: z.string(),
  priority: z.enum(["low", "high"]),
  votes: z.number().int().min(0).max(10),
  note: z.string().nullable(),
});

async function plain() {
  const whole = await responses.create({ model, input: question });
  const types = [];
  let text = "";
  let numbered = true;
  let done;
  for await (const event of await responses.create({ model, input: question, stream: true })) {
    numbered &&= event.sequence_number === types.length;
    types.push(event.type);
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type === "response.completed") done = event.response;
  }
  const more = await responses.create({ model, input: "And then?", previous_response_id: whole.id });
  const items = [];
  for await (const item of responses.inputItems.list(more.id, { order: "asc" })) {
    items.push(item.role);
  }
  return {
    text: whole.output_text,
    usage: whole.usage,
    streamed: text,
    streamed_usage: done.usage,
    numbered,
    first: types.slice(0, 4),
    last: types.slice(-4),
    items,
  };
}

// Calls a function until the model answers with text, by hand, whole or streamed.
async function loop(streams) {
  let input = [{ role: "user", content: "What is the weather in Oslo and in Rome?" }];
  const calls = [];
  let deltas = "";
  for (let turn = 0; turn < 5; turn += 1) {
    const request = { model, input, tools: [weather] };
    let made;
    if (streams) {
      const stream = responses.stream(request);
      stream.on("response.function_call_arguments.delta", ({ delta }) => (deltas += delta));
      made = await stream.finalResponse();
    } else {
      made = await responses.parse(request);
    }
    const asked = made.output.filter((item) => item.type === "function_call");
    if (!asked.length) return { calls, deltas, turn, answer: made.output_text };
    const results = asked.map(({ call_id, name, arguments: given, parsed_arguments }) => {
      calls.push([name, given, parsed_arguments]);
      return { type: "function_call_output", call_id, output: `It is 18 degrees in ${JSON.parse(given).city}.` };
    });
    input = [...input, ...asked.map(({ parsed_arguments, ...item }) => item), ...results];
  }
}

async function typed() {
  const request = { model, input: "Write a ticket: the printer jams", text: { format: zodTextFormat(Ticket, "ticket") } };
  const whole = await responses.parse(request);
  const stream = responses.stream(request);
  const final = await stream.finalResponse();
  return { whole: Ticket.parse(whole.output_parsed), streamed: Ticket.parse(final.output_parsed) };
}

async function searches() {
  const tools = [{ type: "web_search" }];
  const made = await responses.create({ model, input: "Search the web for queues", tools });
  const { text, annotations } = made.output.at(-1).content[0];
  return {
    types: made.output.map((item) => item.type),
    cited: annotations.map(({ start_index, end_index, url }) => text.slice(start_index, end_index).includes(url)),
  };
}

async function file() {
  const text = "The harbour opens at six in summer. Dogs travel free of charge.";
  const made = await client.files.create({ file: await toFile(Buffer.from(text), "guide.txt"), purpose: "user_data" });
  const part = { type: "input_file", file_id: made.id };
  const words = { type: "input_text", text: "When does the harbour open?" };
  const answer = await responses.create({ model, input: [{ role: "user", content: [part, words] }] });
  part.file_id = "file-gone";
  const missing = await responses
    .create({ model, input: [{ role: "user", content: [part] }] })
    .catch(({ constructor, status, param }) => [constructor.name, status, param]);
  return { answer: answer.output_text, missing };
}

async function background() {
  let made = await responses.create({ model, input: question, background: true });
  const begun = made.status;
  while (made.status !== "completed") {
    made = await responses.retrieve(made.id);
  }
  await responses.delete(made.id);
  const missing = await responses.retrieve(made.id).catch(({ constructor }) => constructor.name);
  return { begun, text: made.output_text, missing };
}

console.log(
  JSON.stringify({
    plain: await plain(),
    loop: await loop(false),
    streamed_loop: await loop(true),
    typed: await typed(),
    searches: await searches(),
    file: await file(),
    background: await background(),
  }),
);
