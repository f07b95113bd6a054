import { expect, test } from './harness-page.ts'

test('[MEDIAWORKER-1] a picture is passed on by a tab without its key and shown by the one behind it', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, tellKeys, until, shown, MAIN } = media
    const [source, middle, leaf] = [open(1), open(2, 8), open(3)]
    await Promise.all([connect(source, middle), connect(middle, leaf)])
    tellKeys(source, leaf)
    const stamp = source.publish([MAIN])
    middle.want(shown(1, 'main', 1, { isShown: false }))
    const pictures = leaf.watch(1)
    leaf.want(shown(1, 'main', 2))
    await until(() => pictures.length > 30)
    const last = pictures.at(-1)
    return {
      isRight: pictures.every((picture) => picture.stamp !== undefined && picture.stamp <= stamp()),
      behind: stamp() - (last?.stamp ?? 0),
      height: last?.height,
      shows: leaf.news.find(({ t }) => t === 'shows'),
      passedTo: middle.figures?.incoming.map(({ forwardedTo, shown }) => [forwardedTo, shown]),
    }
  })
  expect(seen).toMatchObject({ isRight: true, height: 360, shows: { source: 1, layer: 'main', from: 2 }, passedTo: [[1, 0]] })
  expect(seen.behind).toBeLessThan(20)
})
