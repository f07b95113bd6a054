/** Written in by the build: the version of package.json. */
declare const __APP_VERSION__: string

/** Files of packages that go into the build as they are; what is imported is their address. */
declare module '*?url' {
  const url: string
  export default url
}

/** Compute Pressure API (W3C), as far as it is used here; TypeScript does not know it yet. */
declare class PressureObserver {
  constructor(callback: (records: readonly { readonly state: 'nominal' | 'fair' | 'serious' | 'critical' }[]) => void)
  observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>
  disconnect(): void
}
