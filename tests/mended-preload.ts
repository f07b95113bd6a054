/** What Vite asks for beside a chunk, its style sheets, as the app is built. */
import type { Plugin } from 'vite'

/**
 * A style sheet that did not come was never asked for again by Vite 8: the chunk that came at the second try stood there
 * without. Fails when the text has changed, so that it goes when it is not needed any more.
 */
export function mendedPreload(): Plugin {
  const mends = [
    [/(\(err\) => \{\s*)seen\[href\] = void 0;/, '$1delete seen[href];'],
    [/if \(e\.type === "error"\) rej\(/, 'if (e.type === "error") link.remove(), rej('],
  ] as const
  return {
    name: 'mended-preload',
    transform: {
      filter: { id: /^\0vite\/preload-helper\.js$/ },
      handler(code) {
        for (const [text] of mends) if (!text.test(code)) this.error(`Vite's preload has no more: ${text}`)
        return mends.reduce((mended, [text, better]) => mended.replace(text, better), code)
      },
    },
  }
}
