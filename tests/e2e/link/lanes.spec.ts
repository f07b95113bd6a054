import { expect, test } from './harness-page.ts'

test('[TRANSFER-29] a pair opens more connections for bytes, each frame comes by the one it was sent on, and they close for both', async ({
  harness,
}) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const [toBen, toAnn] = [link(ann, ben), link(ben, ann)]
    // Both at the same moment: the offers cross.
    toBen?.openLane()
    toAnn?.openLane()
    await until(() => toBen?.lanes.includes(1) === true && toAnn?.lanes.includes(1) === true)
    toBen?.openLane()
    await until(() => toBen?.lanes.length === 3 && toAnn?.lanes.length === 3)
    const came: [number, number][] = []
    toAnn?.onData((frame, lane) => came.push([lane, frame.byteLength]))
    for (const lane of [0, 1, 2]) await toBen?.sendData(new Uint8Array(1000 + lane), lane)
    await until(() => came.length === 3)
    toAnn?.closeLane(1)
    await until(() => toBen?.lanes.length === 2 && toAnn?.lanes.length === 2)
    toBen?.openLane()
    await until(() => toBen?.lanes.length === 3 && toAnn?.lanes.length === 3)
    return { came: came.sort(([a], [b]) => a - b), lanes: [toBen?.lanes, toAnn?.lanes], notices: [...ann.notices, ...ben.notices] }
  })
  expect(seen).toEqual({
    came: [
      [0, 1000],
      [1, 1001],
      [2, 1002],
    ],
    lanes: [
      [0, 1, 2],
      [0, 1, 2],
    ],
    notices: [],
  })
})

test('[TRANSFER-28] of a connection that breaks in the middle both sides know what was lost', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const [toBen, toAnn] = [link(ann, ben), link(ben, ann)]
    toBen?.openLane()
    await until(() => toBen?.lanes.length === 2 && toAnn?.lanes.length === 2)
    let sent = 0
    let arrived = 0
    let lost: number | undefined
    toAnn?.onData((frame) => {
      arrived += frame.byteLength - 16
    })
    toAnn?.onLaneClosed((_, lostBytes) => {
      lost = lostBytes
    })
    for (let frame = 0; frame < 60; frame++) {
      await toBen?.sendData(new Uint8Array(65_536 + 16), 1)
      sent += 65_536
    }
    ann.connections[1]?.close()
    toBen?.closeLane(1)
    await until(() => lost !== undefined)
    return { isExact: sent === arrived + (lost ?? 0), isSome: (lost ?? 0) > 0, states: [toBen?.state, toAnn?.state] }
  })
  expect(seen).toEqual({ isExact: true, isSome: true, states: ['connected', 'connected'] })
})

test('[TRANSFER-29] a connection described with a key that is not the link’s ends the link', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { openTwo, link, until, bothConnected, encodeFrame } = parts
    const [ann, ben] = await openTwo()
    await bothConnected(ann, ben)
    const foreign = new RTCPeerConnection()
    foreign.createDataChannel('data', { negotiated: true, id: 1 })
    const { sdp } = await foreign.createOffer()
    const before = link(ben, ann)
    link(ann, ben)?.sendCommand(encodeFrame({ t: 'lane', lane: 1, kind: 'offer', sdp }))
    await until(() => before?.state === 'closed')
    return { notices: ben.notices, connections: ben.connections.length }
  })
  expect(seen).toEqual({ notices: ['signal-misdirected: lane'], connections: 1 })
})
