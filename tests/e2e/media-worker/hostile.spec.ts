/** What a broken or malicious tab may do to a picture, and what a moderator may. */
import { expect, test } from './harness-page.ts'

test('[MEDIAWORKER-9] who sends nonsense, or far too much, loses its hop, and nobody else does', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectRaw, tellKeys, until, shown, gapsMs, MAIN } = media
    const [source, leaf] = [open(1), open(2)]
    const [broken, flooding] = await Promise.all([connectRaw(9, leaf), connectRaw(8, leaf), connect(source, leaf)])
    tellKeys(source, leaf)
    source.publish([MAIN])
    const pictures = leaf.watch(1)
    leaf.want(shown(1, 'main', 1))
    await until(() => pictures.length > 10)
    for (const bytes of [[], [0x11], [0x11, 1, 2, 3], [2, 2], [3, 1, 2], [4, 4, 4, 4, 4, 4], [99]]) {
      for (let times = 0; times < 4; times++) broken.channel.send(new Uint8Array(bytes))
    }
    broken.channel.send('text')
    for (let times = 0; times < 400; times++) flooding.say({ kind: 'refresh', stream: { source: 2, layer: 'main' } })
    await until(() => leaf.news.filter(({ t }) => t === 'hop-lost').length === 2)
    const from = pictures.length
    await until(() => pictures.length > from + 10 && broken.channel.readyState === 'closed')
    return { lost: leaf.news.flatMap((news) => (news.t === 'hop-lost' ? [news.hop] : [])).sort(), gapMs: gapsMs(pictures.slice(from - 1)) }
  })
  expect(seen.lost).toEqual([8, 9])
  expect(seen.gapMs).toBeLessThan(400)
})

test('[MEDIAWORKER-10] a frame that breaks the decoder costs its own picture only, which begins again', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectRaw, tellKeys, giveKeys, until, pause, shown, gapsMs, sealed, MAIN } = media
    const [source, leaf] = [open(1), open(2)]
    const [poison] = await Promise.all([connectRaw(9, leaf), connect(source, leaf)])
    const secret = crypto.getRandomValues(new Uint8Array(32))
    tellKeys(source, leaf)
    giveKeys(leaf, 9, secret)
    source.publish([MAIN])
    const [good, bad] = [leaf.watch(1), leaf.watch(9)]
    leaf.want(shown(1, 'main', 1), shown(9, 'main', 9))
    await until(() => good.length > 10)
    const from = good.length
    const noise = () => crypto.getRandomValues(new Uint8Array(500))
    for (let sequence = 0; sequence < 20; sequence++) {
      const head = { sequence, isKey: sequence === 0, dependsOn: sequence === 0 ? 0 : 1 }
      poison.send(await sealed(9, secret, head, sequence % 3 === 0 ? new Uint8Array(1) : noise()))
      await pause(20)
    }
    await until(() => poison.controls.some(({ kind }) => kind === 'refresh'))
    await until(() => good.length > from + 10)
    return { bad: bad.length, gapMs: gapsMs(good.slice(from - 1)), shown: leaf.figures?.incoming.find(({ source }) => source === 1)?.shown }
  })
  expect(seen.bad).toBe(0)
  expect(seen.gapMs).toBeLessThan(400)
  expect(seen.shown).toBeGreaterThan(5)
})

test('[MEDIAWORKER-23] what is hushed is neither seen, heard, sent nor passed on, and begins again when it is not', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectRaw, tellKeys, until, pause, shown, voiceStats, MAIN } = media
    const [source, middle] = [open(1), open(2, 8)]
    const [child] = await Promise.all([connectRaw(9, middle), connect(source, middle)])
    tellKeys(source, middle)
    source.publish([MAIN])
    await source.speak()
    const pictures = middle.watch(1)
    middle.want(shown(1, 'main', 1), shown(1, 'audio', 1, { maxTemporal: 0 }))
    const asking = setInterval(() => child.say({ kind: 'subscribe', wanted: [{ source: 1, layer: 'main', maxTemporal: 2 }] }), 500)
    const heard = async () => (await voiceStats(middle, source)).energy
    await until(() => pictures.length > 10 && child.packets.length > 10 && (middle.figures?.levels.length ?? 0) > 0)
    const hushed = (['main', 'audio'] as const).map((layer) => ({ source: 1, layer }))
    middle.post({ t: 'hush', hushed })
    await pause(300)
    const before = [pictures.length, child.packets.length]
    const beforeEnergy = await heard()
    await pause(1_100)
    const hush = [pictures.length, child.packets.length]
    // Where a voice was the engine plays a fading rest of it; the test microphone beeps once a second.
    const energy = (await heard()) - beforeEnergy
    const shows = middle.news.findLast(({ t }) => t === 'shows')
    middle.post({ t: 'hush', hushed: [] })
    const withinMs = await until(() => pictures.length > (before[0] ?? 0) && child.packets.length > (before[1] ?? 0))
    await until(() => (middle.figures?.levels.length ?? 0) > 0)
    // The source itself may not send what is hushed.
    source.post({ t: 'hush', hushed })
    await pause(300)
    const own = pictures.length
    await pause(500)
    clearInterval(asking)
    return { before, hush, energy, shows, withinMs, own: pictures.length - own }
  })
  expect(seen.hush).toEqual(seen.before)
  expect(seen.energy).toBeLessThan(0.01)
  expect(seen).toMatchObject({ shows: { source: 1, view: 'camera', layer: undefined }, own: 0 })
  expect(seen.withinMs).toBeLessThan(1_500)
})

test('[MEDIAWORKER-25] one who forges heads and sends old frames again stops no picture that goes on', async ({ harness }) => {
  test.setTimeout(60_000)
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectRaw, tellKeys, until, pause, shown, gapsMs, MAIN } = media
    // One leaf takes the picture from the liar, the other from a tab without a key that takes it from the liar.
    const [source, middle, near, far] = [open(1), open(2, 8), open(3), open(4)]
    const [fromSource, toMiddle, toNear] = await Promise.all([connectRaw(9, source), connectRaw(9, middle), connectRaw(9, near)])
    await connect(middle, far)
    tellKeys(source, near, far)
    source.publish([{ ...MAIN, keyEveryMs: 10_000 }])
    const old: Uint8Array<ArrayBuffer>[] = []
    let lies = 0
    const forge = (packet: Uint8Array<ArrayBuffer>, isKey: boolean, ahead: number, isOfNoKey: boolean) => {
      const forged = packet.slice()
      const view = new DataView(forged.buffer)
      view.setUint32(17, view.getUint32(17) + ahead)
      if (isKey) view.setUint32(9, view.getUint32(9) & 0xff000000)
      if (isKey) view.setUint8(10, 1)
      if (isOfNoKey) view.setUint8(25, view.getUint8(25) | 0x50)
      lies++
      return forged
    }
    fromSource.channel.addEventListener('message', ({ data }) => {
      const packet = new Uint8Array<ArrayBuffer>(data)
      if (packet[0] !== 0x11) return
      for (const to of [toMiddle, toNear]) to.send(packet.slice())
      old.push(packet)
      if (old.length === 40) for (const to of [toMiddle, toNear]) to.send(forge(packet, true, 1_000_000_000, true))
      if (old.length === 80) for (const to of [toMiddle, toNear]) to.send(forge(packet, true, 10, true))
      if (old.length % 7 !== 0) return
      toNear.send(forge(packet, old.length % 2 === 0, 5_000, old.length % 3 === 0))
      for (const one of old.slice(-30, -10)) toNear.send(one.slice())
    })
    const wanted = [{ source: 1, layer: 'main' as const, maxTemporal: 2 }]
    const asking = setInterval(() => fromSource.say({ kind: 'subscribe', wanted }), 500)
    for (const raw of [toMiddle, toNear]) {
      raw.channel.addEventListener('message', ({ data }) => {
        if (new Uint8Array(data)[0] === 4) fromSource.say({ kind: 'refresh', stream: { source: 1, layer: 'main' } })
      })
    }
    middle.want(shown(1, 'main', 9, { isShown: false }))
    const [atNear, atFar] = [near.watch(1), far.watch(1)]
    near.want(shown(1, 'main', 9))
    far.want(shown(1, 'main', 2))
    await until(() => atNear.length > 20 && atFar.length > 20)
    await until(() => old.length > 160, 30_000)
    await pause(300)
    clearInterval(asking)
    const isRising = (pictures: typeof atNear) => pictures.every(({ stamp = -1 }, at) => at === 0 || stamp > (pictures[at - 1]?.stamp ?? 0))
    const gaps = [gapsMs(atNear.slice(5)), gapsMs(atFar.slice(5))]
    return { lies, gaps, isRising: [isRising(atNear), isRising(atFar)] }
  })
  expect(seen.lies).toBeGreaterThan(20)
  expect(seen.isRising).toEqual([true, true])
  expect(seen.gaps[0]).toBeLessThan(400)
  expect(seen.gaps[1]).toBeLessThan(1_000)
})

test('[MEDIAWORKER-26] a parent that sends nothing usable is as good as silent', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectRaw, tellKeys, until, pause, shown, gapsMs, MAIN } = media
    const [source, leaf] = [open(1), open(3)]
    const [fromSource, toLeaf] = await Promise.all([connectRaw(9, source), connectRaw(9, leaf), connect(source, leaf)])
    tellKeys(source, leaf)
    source.publish([MAIN])
    let isLying = false
    const old: Uint8Array<ArrayBuffer>[] = []
    fromSource.channel.addEventListener('message', ({ data }) => {
      const packet = new Uint8Array<ArrayBuffer>(data)
      if (packet[0] !== 0x11) return
      old.push(packet.slice())
      // From then on: what was seen before, and what was changed.
      if (isLying) for (const one of old.slice(-40, -30)) toLeaf.send(one.slice())
      if (isLying) packet[60] = 1 ^ (packet[60] ?? 0)
      toLeaf.send(packet)
    })
    const wanted = [{ source: 1, layer: 'main' as const, maxTemporal: 2 }]
    const asking = setInterval(() => fromSource.say({ kind: 'subscribe', wanted }), 500)
    const pictures = leaf.watch(1)
    leaf.want(shown(1, 'main', 9, { standby: 1 }))
    await until(() => pictures.length > 30)
    const from = pictures.length
    isLying = true
    await until(() => pictures.length > from + 20)
    await pause(50)
    clearInterval(asking)
    return { gapMs: gapsMs(pictures.slice(from - 1)), silent: leaf.news.find(({ t }) => t === 'parent-silent') }
  })
  expect(seen).toMatchObject({ silent: { parent: 9, stream: { source: 1, layer: 'main' } } })
  expect(seen.gapMs).toBeLessThan(1_000)
})
