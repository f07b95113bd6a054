import { expect, test } from './harness-page.ts'

test('[CALL-9] a link connects, carries tracks and data both ways, and survives collisions of changes', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
    const tracks = { microphone: media.getAudioTracks()[0] ?? null, camera: media.getVideoTracks()[0] ?? null }
    // Both sides change at the same moment, again and again.
    for (const camera of [tracks.camera, null, tracks.camera]) {
      for (const [from, to] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        link(from, to)?.setOutgoing('microphone', tracks.microphone)
        link(from, to)?.setOutgoing('camera', camera)
      }
      await until(() => [link(ann, ben), link(ben, ann)].every((one) => one?.incoming.has('camera') === (camera !== null)))
    }
    await Promise.all([parts.playCamera(link(ann, ben)), parts.playCamera(link(ben, ann))])
    const [there, back] = await Promise.all([parts.sendBytes(ann, ben, 8_000_000), parts.sendBytes(ben, ann, 8_000_000)])
    await until(() => link(ann, ben)?.rttMs !== undefined && link(ann, ben)?.path === 'direct')
    const kinds = [link(ann, ben), link(ben, ann)].map((one) => [...(one?.incoming.keys() ?? [])].sort())
    return { kinds, there, back, connections: ann.connections.length + ben.connections.length, notices: [...ann.notices, ...ben.notices] }
  })
  const both = ['camera', 'microphone']
  expect(seen).toEqual({ kinds: [both, both], there: 8_000_000, back: 8_000_000, connections: 2, notices: [] })
})

test('[CALL-10] a cut link restarts ICE and keeps its tracks', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected, ufrags } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const media = await navigator.mediaDevices.getUserMedia({ video: true })
    link(ann, ben)?.setOutgoing('camera', media.getVideoTracks()[0] ?? null)
    await until(() => link(ben, ann)?.incoming.has('camera') === true)
    const camera = link(ben, ann)?.incoming.get('camera')
    const before = ufrags(ann, ben)
    parts.pretendCut(ann)
    parts.pretendCut(ben)
    const wasHealing = link(ann, ben)?.state
    await until(() => ufrags(ann, ben).every((ufrag, i) => ufrag !== before[i]))
    parts.endPretence(ann)
    parts.endPretence(ben)
    await bothConnected(ann, ben)
    await parts.playCamera(link(ben, ann))
    return { wasHealing, isSameTrack: link(ben, ann)?.incoming.get('camera') === camera, connections: ann.connections.length }
  })
  expect(seen).toEqual({ wasHealing: 'healing', isSameTrack: true, connections: 1 })
})

test('[CALL-10] a link that cannot heal is replaced', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const old = link(ann, ben)
    ben.connections[0]?.close()
    await until(() => old?.state === 'closed')
    await bothConnected(ann, ben)
    return { isNew: link(ann, ben) !== old, connections: [ann.connections.length, ben.connections.length] }
  })
  expect(seen).toEqual({ isNew: true, connections: [2, 2] })
})

test('[CALL-11] a change made while signaling was away reaches the other side when it is back', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { hub, openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const media = await navigator.mediaDevices.getUserMedia({ video: true })
    hub.cut(ann.tab, ben.tab)
    for (const [from, to] of [
      [ann, ben],
      [ben, ann],
    ] as const)
      link(from, to)?.setOutgoing('camera', media.getVideoTracks()[0] ?? null)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const away = link(ben, ann)?.incoming.size
    hub.mend(ann.tab, ben.tab)
    await until(() => link(ben, ann)?.incoming.size === 1 && link(ann, ben)?.incoming.size === 1)
    return { away, state: link(ann, ben)?.state }
  })
  expect(seen).toEqual({ away: 0, state: 'connected' })
})

test('[SIGNAL-12] a tab that forgot the other and meets it again begins a new connection with it', async ({ harness }) => {
  const notices = await harness.evaluate(async () => {
    const { hub, openTwo, until, link, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const before = link(ann, ben)
    // Nothing of it reaches Ann, who draws the sessions and keeps the one she has.
    hub.cut(ann.tab, ben.tab)
    ben.manager.release(ann.tab)
    await until(() => link(ben, ann) === undefined && link(ann, ben)?.state === 'healing')
    hub.mend(ann.tab, ben.tab)
    ben.manager.admit(ann.tab, ann.device)
    await until(() => link(ann, ben) !== before, 15_000)
    await bothConnected(ann, ben)
    return [...ann.notices, ...ben.notices]
  })
  expect(notices).toEqual([])
})

test('[NEGOTIATION-14] a tab that is released is gone for the other side at once', async ({ harness }) => {
  const withinMs = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    ann.manager.release(ben.tab)
    return until(() => link(ben, ann) === undefined)
  })
  expect(withinMs).toBeLessThan(500)
})
