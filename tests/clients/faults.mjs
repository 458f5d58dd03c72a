// What OpenAI's SDK for Node makes of faults, as JSON.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0, timeout: 2000 });
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Why do queues grow?" }] };
const asking = (fault) => ({ headers: { "x-fakeai-fault": fault } });

const told = { streams: {} };
for (const fault of ["rate_limit", "internal_error", "connection_reset", "delay; for=10s"]) {
  try {
    await client.chat.completions.create(body, asking(fault));
    told[fault] = "no error";
  } catch (error) {
    told[fault] = [error.constructor.name, error.status ?? null, error.code ?? null];
  }
}
for (const fault of ["stream_error; after=5; code=oops", "truncated_stream; after=5"]) {
  let chunks = 0;
  try {
    for await (const _ of await client.chat.completions.create({ ...body, stream: true }, asking(fault))) chunks += 1;
    told.streams[fault] = [chunks, "no error", null];
  } catch (error) {
    told.streams[fault] = [chunks, error.constructor.name, error.code ?? null];
  }
}
console.log(JSON.stringify(told));
