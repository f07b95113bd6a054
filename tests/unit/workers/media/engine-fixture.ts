/** The engine's frames, which Node.js has not: a copy carries what is put into it. To be there before what makes them is loaded. */
Object.assign(globalThis, {
  RTCEncodedVideoFrame: class {
    data = new ArrayBuffer(0)
  },
})
