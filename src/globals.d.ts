/** Written in by the build: the version of package.json. */
declare const __APP_VERSION__: string

/** Files of packages that go into the build as they are; what is imported is their address. */
declare module '*?url' {
  const url: string
  export default url
}
