/**
 * Finds the person in a picture: MediaPipe's model for people before a camera, run by LiteRT on the processor. Both are files
 * of this build, loaded when blur is switched on for the first time.
 */
import { type CompiledModel, loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core'
import makeRuntime from '@litertjs/core/wasm/litert_wasm_internal.js'
import wasmUrl from '@litertjs/core/wasm/litert_wasm_internal.wasm?url'
import modelUrl from '@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite?url'
import type { Mask } from './blur.ts'
import type { Small } from './colours.ts'

/** Of the model: what it looks at and what it answers. */
const [WIDTH, HEIGHT] = [256, 144]
/** Of the newest look: an outline that jumps is seen more than one that is a moment late. */
const NEW_SHARE = 0.7

export class PersonFinder {
  /** To be filled in before each look. */
  readonly picture: Small = { width: WIDTH, height: HEIGHT, values: new Float32Array(3 * WIDTH * HEIGHT) }
  readonly #model: CompiledModel
  readonly #mask: Mask = { width: WIDTH, height: HEIGHT, values: new Float32Array(WIDTH * HEIGHT) }

  private constructor(model: CompiledModel) {
    this.#model = model
  }

  static async load(): Promise<PersonFinder> {
    provideRuntime()
    await loadLiteRt('bundled')
    return new PersonFinder(await loadAndCompile(modelUrl, { accelerator: 'wasm' }))
  }

  async look(): Promise<Mask> {
    // Tensors live in the memory of the runtime, which collects nothing.
    const input = new Tensor(this.picture.values, [1, HEIGHT, WIDTH, 3])
    const [output] = await this.#model.run([input])
    const found = output?.toTypedArray()
    const { values } = this.#mask
    for (let i = 0; i < values.length; i++) {
      const before = values[i] as number
      values[i] = before + ((found?.[i] as number) - before) * NEW_SHARE
    }
    input.delete()
    output?.delete()
    return this.#mask
  }
}

/**
 * LiteRT fetches its runtime by `importScripts`, which a worker that is a module has but may not call. The runtime is part of
 * this bundle instead, and put where LiteRT looks for it after the call. Asked for a graphics card it finds none: it would wake
 * the strongest one of the device and not use it.
 */
function provideRuntime(): void {
  const silence = () => {}
  const runtime = { locateFile: () => wasmUrl, print: silence, printErr: silence }
  Object.assign(globalThis, { importScripts: silence, ModuleFactory: makeRuntime, Module: runtime })
  Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => Promise.resolve(null) } })
}
