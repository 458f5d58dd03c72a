"""OpenAI's Python SDK speaks, listens, draws, and opens realtime and ChatKit sessions."""

import base64
import io
from urllib.request import urlopen

import pytest
from openai import NotFoundError, OpenAI
from PIL import Image


def test_sound_images_and_sessions(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any") as client:
        spoken = client.audio.speech.create(model="tts-1", voice="nova", input="Hello there, world.")
        assert spoken.response.headers["content-type"] == "audio/mpeg"
        heard = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.mp3", spoken.content))
        with client.audio.transcriptions.create(
            model="gpt-4o-transcribe", file=("a.mp3", spoken.content), stream=True
        ) as stream:
            *deltas, done = list(stream)
        assert done.type == "transcript.text.done"
        assert done.text.strip() == heard.text
        assert "".join(event.delta for event in deltas if event.type == "transcript.text.delta") == done.text
        subtitles = client.audio.transcriptions.create(
            model="whisper-1", file=("a.mp3", spoken.content), response_format="srt"
        )
        assert "-->" in subtitles

        drawn = client.images.generate(model="dall-e-2", prompt="A fox", size="256x256")
        assert drawn.data
        assert drawn.data[0].url
        with urlopen(drawn.data[0].url) as answer:
            assert Image.open(io.BytesIO(answer.read())).size == (256, 256)
        with client.images.generate(model="gpt-image-1", prompt="A fox", stream=True, partial_images=1) as images:
            partial, whole = list(images)
        assert (partial.type, whole.type) == ("image_generation.partial_image", "image_generation.completed")
        edited = client.images.edit(model="gpt-image-1", prompt="A fox", image=base64.b64decode(whole.b64_json))
        assert edited.usage
        assert edited.usage.input_tokens_details.image_tokens == 194

        secret = client.realtime.client_secrets.create(session={"type": "realtime", "model": "gpt-realtime"})
        assert secret.value.startswith("ek_")
        offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        made = client.realtime.calls.create(sdp=offer)
        call = made.response.headers["location"].rpartition("/")[2]
        client.realtime.calls.accept(call, type="realtime")
        client.realtime.calls.hangup(call)

        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert client.beta.chatkit.sessions.cancel(session.id).status == "cancelled"
        thread = client.beta.chatkit.threads.list(user="ada").data[0]
        assert len(client.beta.chatkit.threads.list_items(thread.id).data) == 1
        client.beta.chatkit.threads.delete(thread.id)
        with pytest.raises(NotFoundError):
            client.beta.chatkit.threads.retrieve(thread.id)
