/** Connections of a bench page, held so that none is collected, and descriptions with every candidate in them: nothing is signalled later. */
const opened: RTCPeerConnection[] = []

/** In the order they were opened. */
export const connections: readonly RTCPeerConnection[] = opened

export function openConnection(): RTCPeerConnection {
  const connection = new RTCPeerConnection()
  opened.push(connection)
  return connection
}

export async function wholeDescription(connection: RTCPeerConnection): Promise<RTCSessionDescriptionInit> {
  await connection.setLocalDescription()
  while (connection.iceGatheringState !== 'complete')
    await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, { once: true }))
  return connection.localDescription?.toJSON() as RTCSessionDescriptionInit
}
