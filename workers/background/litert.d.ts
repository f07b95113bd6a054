/** The runtime that LiteRT would fetch by itself; its package describes it in no other way. */
declare module '@litertjs/core/wasm/litert_wasm_internal.js' {
  const makeRuntime: (module?: object) => Promise<unknown>
  export default makeRuntime
}
