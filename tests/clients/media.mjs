// Draws, speaks, listens and looks with the server at the address in the first argument, and prints what came back as JSON.
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "any", maxRetries: 0 });

async function pictures() {
  const made = await client.images.generate({ model: "gpt-image-1", prompt: "A red car", size: "1024x1024" });
  const png = Buffer.from(made.data[0].b64_json, "base64");
  const file = await toFile(png, "car.png", { type: "image/png" });
  const edited = await client.images.edit({ model: "gpt-image-1", image: file, prompt: "A blue car" });
  const placed = await client.images.generate({ model: "dall-e-3", prompt: "A red car" });
  const fetched = await fetch(placed.data[0].url);
  const partial = [];
  for await (const event of await client.images.generate({
    model: "gpt-image-1", prompt: "A fox", stream: true, partial_images: 1,
  })) {
    partial.push(event.type);
  }
  const seen = await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: [
      { type: "text", text: "What is in this picture?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${made.data[0].b64_json}`, detail: "low" } },
    ] }],
  });
  return {
    head: png.subarray(1, 4).toString(),
    edited: Buffer.from(edited.data[0].b64_json, "base64").subarray(1, 4).toString(),
    fetched: [fetched.status, fetched.headers.get("content-type")],
    partial,
    seen_tokens: seen.usage.prompt_tokens,
  };
}

async function sound() {
  const speech = await client.audio.speech.create({
    model: "gpt-4o-mini-tts", voice: "alloy", input: "Queues grow when work comes faster than it goes.", response_format: "wav",
  });
  const wav = Buffer.from(await speech.arrayBuffer());
  const heard = await client.audio.transcriptions.create({
    model: "whisper-1", file: await toFile(wav, "said.wav"), response_format: "verbose_json", timestamp_granularities: ["word"],
  });
  const spoken = await client.chat.completions.create({
    model: "gpt-4o-audio-preview", modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" },
    messages: [{ role: "user", content: "Say hello." }],
  });
  const { audio } = spoken.choices[0].message;
  return {
    text: heard.text,
    words: heard.words.length,
    spoken: [Buffer.from(audio.data, "base64").subarray(0, 4).toString(), audio.transcript.length > 0],
  };
}

async function judgement() {
  const { results } = await client.moderations.create({ input: ["I will kill you.", "Essex has good skills."] });
  return results.map((result) => result.flagged);
}

async function reasons() {
  const reasoned = await client.chat.completions.create({
    model: "o3", reasoning_effort: "high", messages: [{ role: "user", content: "Why do queues grow?" }],
  });
  const likely = await client.chat.completions.create({
    model: "gpt-4o", logprobs: true, top_logprobs: 2, max_completion_tokens: 5,
    messages: [{ role: "user", content: "Why do queues grow?" }],
  });
  const code = "class Box {\n  size = 1;\n  colour = 'red';\n}\n";
  const predicted = await client.chat.completions.create({
    model: "gpt-4o", prediction: { type: "content", content: code },
    messages: [{ role: "user", content: `Change the size to 2.\n\n${code}` }],
  });
  return {
    reasoning_tokens: reasoned.usage.completion_tokens_details.reasoning_tokens,
    logprobs: likely.choices[0].logprobs.content.map((each) => each.top_logprobs.length),
    accepted: predicted.usage.completion_tokens_details.accepted_prediction_tokens,
  };
}

console.log(JSON.stringify({
  pictures: await pictures(), sound: await sound(), judgement: await judgement(), reasons: await reasons(),
}));
