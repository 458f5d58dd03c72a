// Talks over the WebSocket of Realtime with the server at the address in the first argument: text, sound, a function.
// Prints what came back as JSON.
import net from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0 });
// The SDK always says wss: the connection below it is plain TCP here.
const createConnection = ({ host, port }) => net.connect({ host, port });
const realtime = await OpenAIRealtimeWS.create(client, { model: "gpt-realtime", options: { createConnection } });
const heard = [];
const waiting = [];
realtime.on("event", (event) => {
  heard.push(event);
  if (waiting.length && waiting[0].type === event.type) waiting.shift().resolve(event);
});
realtime.on("error", () => {}); // it stands among the events

const next = (type) => new Promise((resolve) => waiting.push({ type, resolve }));
const user = (text) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });
const deltas = (type, from) => heard.slice(from).filter((event) => event.type === type);

async function answer(response = {}) {
  const from = heard.length;
  const done = next("response.done");
  realtime.send({ type: "response.create", response });
  return { from, output: (await done).response.output };
}

const created = await next("session.created");
realtime.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
await next("session.updated");
realtime.send({ type: "conversation.item.create", item: user("Why do cats purr?") });
const said = await answer();
const text = deltas("response.output_text.delta", said.from).map((event) => event.delta);

const aloud = await answer({ output_modalities: ["audio"] });
const sound = Buffer.concat(
  deltas("response.output_audio.delta", aloud.from).map((event) => Buffer.from(event.delta, "base64")),
);

const tool = {
  type: "function",
  name: "get_weather",
  description: "Get the weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
realtime.send({ type: "session.update", session: { type: "realtime", tools: [tool] } });
realtime.send({ type: "conversation.item.create", item: user("What is the weather in Paris?") });
const [call] = (await answer()).output;
const result = { type: "function_call_output", call_id: call.call_id, output: '{"degrees": 31}' };
realtime.send({ type: "conversation.item.create", item: result });
const told = await answer();

const failed = next("error");
realtime.send({ type: "conversation.item.delete", item_id: "item_gone" });
const error = (await failed).error;
const closed = new Promise((resolve) => realtime.socket.on("close", (code) => resolve(code)));
realtime.close({ code: 1000, reason: "OK" });

console.log(
  JSON.stringify({
    session: created.session.type,
    said: said.output[0].content[0].text,
    text: text.join(""),
    transcript: aloud.output[0].content[0].transcript,
    seconds: sound.length / 48_000,
    call: [call.type, call.name, call.arguments],
    answer: told.output[0].content[0].text,
    error: error.type,
    closed: await closed,
  }),
);
