import { expect, test } from './harness-page.ts'

test('[CALL-5] a camera that fails does not keep the microphone, or the person, out of the call', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until } = parts
    const [ann, ben] = await openTwo()
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wish) => {
      if (wish?.video) throw new DOMException('in use', 'NotReadableError')
      return open(wish)
    }
    await Promise.all([ann.call.join({ microphone: true, camera: true }), ben.call.join()])
    await until(() => ben.call.remote[0]?.microphone !== undefined)
    const { camera, microphone } = ann.call.self
    return {
      state: ann.call.state,
      microphone: microphone.kind,
      camera: 'code' in camera && camera.code,
      quiet: ben.call.self.microphone.kind,
    }
  })
  expect(seen).toEqual({ state: 'in', microphone: 'on', camera: 'device-busy', quiet: 'off' })
})

test('[CALL-6] muting leaves the device open; camera off lets it go', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until } = parts
    const [ann, ben] = await openTwo()
    await Promise.all([ann.call.join({ microphone: true, camera: true }), ben.call.join()])
    await until(() => ben.call.remote[0]?.microphone !== undefined && ben.call.remote[0]?.camera !== undefined)
    const heard = ben.call.remote[0]?.microphone
    const camera = ann.call.self.cameraTrack
    await ann.call.setMicrophone(false)
    await ann.call.setCamera(false)
    await until(() => ben.call.remote[0]?.camera === undefined)
    const muted = { said: parts.records.get(ann.tab)?.call?.microphone, camera: camera?.readyState }
    await ann.call.setMicrophone(true)
    await ann.call.setCamera(true)
    await until(() => ben.call.remote[0]?.camera !== undefined)
    return { ...muted, isSameMicrophone: ben.call.remote[0]?.microphone === heard, connections: ann.connections.length }
  })
  expect(seen).toEqual({ said: false, camera: 'ended', isSameMicrophone: true, connections: 1 })
})

test('[CALL-7] leaving takes the tracks off the others and lets every device go', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until, link } = parts
    const [ann, ben] = await openTwo()
    await Promise.all([ann.call.join({ microphone: true, camera: true }), ben.call.join()])
    await until(() => ben.call.remote[0]?.camera !== undefined)
    const camera = ann.call.self.cameraTrack
    await ann.call.leave()
    await until(() => link(ben, ann)?.incoming.size === 0)
    return { remote: ben.call.remote, camera: camera?.readyState, microphone: ann.call.self.microphone.kind, link: link(ann, ben)?.state }
  })
  expect(seen).toEqual({ remote: [], camera: 'ended', microphone: 'off', link: 'connected' })
})

test("[CALL-8] a screen share ended by the browser's own button ends for everybody", async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until } = parts
    const [ann, ben] = await openTwo()
    await Promise.all([ann.call.join(), ben.call.join()])
    await ann.call.setScreen(true)
    await until(() => ben.call.remote[0]?.screen !== undefined)
    ann.call.self.screenTrack?.dispatchEvent(new Event('ended'))
    await until(() => ben.call.remote[0]?.screen === undefined)
    return { screen: ann.call.self.screen.kind, said: parts.records.get(ann.tab)?.call?.screen }
  })
  expect(seen).toEqual({ screen: 'off', said: false })
})

test('[CALL-4] tracks go only to those who are in the call', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until, link, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    await ann.call.join({ microphone: true, camera: false })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = link(ben, ann)?.incoming.size
    await ben.call.join()
    await until(() => ben.call.remote[0]?.microphone !== undefined)
    return { before, level: await until(() => ann.call.self.level > 0).then(() => 'heard') }
  })
  expect(seen).toEqual({ before: 0, level: 'heard' })
})

test('[SESSION-31] plain tracks keep to the session too: hushed, whispered, apart or removed', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until, link } = parts
    const [ann, ben] = await openTwo()
    await Promise.all([ann.call.join({ microphone: true, camera: true }), ben.call.join({ microphone: true, camera: true })])
    const incoming = () => [...(link(ann, ben)?.incoming.keys() ?? [])].sort().join()
    const comes = (kinds: string) => until(() => incoming() === kinds)
    await comes('camera,microphone')
    const { session } = ann.call
    const left: number[] = []
    const hushed = { microphone: true, camera: true }
    await session.hush(ben.device, hushed)
    // At once on the screen, and then on the wire.
    left.push(Object.values(ann.call.remote[0] ?? {}).filter((value) => value instanceof MediaStreamTrack).length)
    await comes('')
    await session.hush(ben.device, { microphone: false, camera: false })
    await comes('camera,microphone')
    await ben.call.session.whisper(ben.device)
    await comes('camera')
    await ben.call.session.whisper(undefined)
    await comes('camera,microphone')
    await session.setSubRooms([{ id: 'a', name: 'A' }], { peopleMove: false })
    await session.place([ben.device], 'a')
    await comes('')
    await session.place([ben.device], undefined)
    await comes('camera,microphone')
    await session.remove(ben.device)
    await comes('')
    left.push(ann.call.remote.length, ben.call.remote.length)
    await session.admit([ben.device])
    await comes('camera,microphone')
    return left
  })
  expect(seen).toEqual([0, 0, 0])
})

test('[CALL-18] whoever sees others talk has what seals a call ready before pressing Join', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until, meetings } = parts
    const [ann, ben] = await openTwo()
    const before = [ann.call.state, ben.call.state, meetings.asked.length]
    await ann.call.join()
    await until(() => meetings.asked.includes(ben.tab))
    const asked = meetings.asked.map((tab) => (tab === ann.tab ? 'ann' : 'ben'))
    await ben.call.join()
    return { before, asked, state: ben.call.state, times: meetings.asked.length }
  })
  expect(seen).toEqual({ before: ['out', 'out', 0], asked: ['ann', 'ben'], state: 'in', times: 2 })
})

test('[CALL-19] joining waits three seconds for what seals a call, which may come later', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, until, meetings, records } = parts
    let ready = () => {}
    const followed: boolean[] = []
    const media = {
      microphone: undefined,
      screenAudio: undefined,
      camera: undefined,
      screen: undefined,
      seal: 'opening',
      through: undefined,
    } as const
    meetings.open = () =>
      new Promise((resolve) => {
        const without = { conducts: 0, stats: undefined, mirror: undefined, refused: undefined } as const
        ready = () => resolve({ ...without, follow: ({ isIn }) => followed.push(isIn), media: () => media })
      })
    const [ann, ben] = await openTwo()
    const startMs = performance.now()
    await Promise.all([ann.call.join({ microphone: false, camera: true }), ben.call.join()])
    const waitedMs = performance.now() - startMs
    await until(() => ben.call.remote[0]?.camera !== undefined)
    const plain = records.get(ann.tab)?.call?.seals
    ready()
    await until(() => [...records.values()].some(({ call }) => call?.seals === true))
    return { waitedMs, plain, followed: followed.at(-1), seals: [ann, ben].filter(({ tab }) => records.get(tab)?.call?.seals).length }
  })
  expect(seen).toMatchObject({ plain: false, followed: true, seals: 1 })
  expect(seen.waitedMs).toBeGreaterThan(2_900)
  expect(seen.waitedMs).toBeLessThan(9_000)
})
