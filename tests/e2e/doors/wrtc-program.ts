/**
 * A program of Node.js at a door, on a build of WebRTC that is no browser's: `publish` sends a picture and a tone by WHIP, `play`
 * takes what a door sends by WHEP. Says what happens as one JSON object a line; ends when its input does, with a DELETE.
 */
import wrtc from '@roamhq/wrtc'

const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard
const [WIDTH, HEIGHT, FPS] = [640, 360, 15]
const SAMPLES_PER_SECOND = 48_000
/** What the audio source takes at a time. */
const SOUND_MS = 10

const [role, url = ''] = process.argv.slice(2)
const connection = new wrtc.RTCPeerConnection()
const say = (what: object) => console.log(JSON.stringify(what))
if (role === 'publish') publish()
else play()

await connection.setLocalDescription(await connection.createOffer())
while (connection.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 10))
const postedAtMs = Date.now()
const headers = { 'content-type': 'application/sdp' }
const answer = await fetch(url, { method: 'POST', headers, body: connection.localDescription?.sdp ?? '' })
if (answer.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
say({ status: answer.status, postedAtMs })

for await (const _ of process.stdin);
const location = answer.headers.get('location')
if (location !== null) say({ deleted: (await fetch(new URL(location, url), { method: 'DELETE' })).status })
connection.close()
// Its threads would go on.
process.exit()

function publish(): void {
  const [picture, sound] = [new RTCVideoSource(), new RTCAudioSource()]
  connection.addTransceiver(picture.createTrack(), { direction: 'sendonly' })
  connection.addTransceiver(sound.createTrack(), { direction: 'sendonly' })
  const data = new Uint8Array(WIDTH * HEIGHT * 1.5).fill(128)
  let count = 0
  setInterval(() => {
    data.fill(40 + ((count++ * 7) % 160), 0, WIDTH * HEIGHT)
    picture.onFrame({ width: WIDTH, height: HEIGHT, data })
  }, 1_000 / FPS)
  const samples = new Int16Array((SAMPLES_PER_SECOND * SOUND_MS) / 1_000)
  let at = 0
  setInterval(() => {
    for (let n = 0; n < samples.length; n++) samples[n] = 16_000 * Math.sin((2 * Math.PI * 440 * at++) / SAMPLES_PER_SECOND)
    sound.onData({ samples, sampleRate: SAMPLES_PER_SECOND, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length })
  }, SOUND_MS)
}

function play(): void {
  let [frames, loudest] = [0, 0]
  const { receiver: pictures } = connection.addTransceiver('video', { direction: 'recvonly' })
  const { receiver: sounds } = connection.addTransceiver('audio', { direction: 'recvonly' })
  new RTCVideoSink(pictures.track).onframe = () => {
    frames++
  }
  new RTCAudioSink(sounds.track).ondata = ({ samples }: { readonly samples: Int16Array }) => {
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample))
  }
  setInterval(() => say({ frames, loudestDb: 20 * Math.log10((loudest + 1) / 32_768) }), 500)
}
