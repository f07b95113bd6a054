/** One script from an entry and all it imports, for pages that tests serve themselves. */
import { build, type Rollup } from 'vite'
import { mendedWebRtc } from '../mended-webrtc.ts'

export async function bundle(entry: string, define: Readonly<Record<string, string>> = {}): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'warn',
    define,
    plugins: [mendedWebRtc()],
    build: {
      write: false,
      minify: false,
      target: 'es2024',
      lib: { entry, formats: ['es'], fileName: 'harness' },
      // What is loaded later elsewhere is part of it here.
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rollup.RollupOutput[]
  return output[0]?.output[0].code ?? ''
}
