/** The browser's objects that a tab hands to its media worker. */
export type Objects = {
  readonly channel: RTCDataChannel
  readonly readable: ReadableStream
  readonly writable: WritableStream
}
