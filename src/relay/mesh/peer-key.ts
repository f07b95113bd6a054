/** The relay's libp2p key: made on first start, kept beside the database, readable by its owner alone. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'

export async function loadPeerKey(dataDir: string): Promise<PrivateKey> {
  const file = join(dataDir, 'peer.key')
  if (existsSync(file)) return privateKeyFromProtobuf(readFileSync(file))
  const key = await generateKeyPair('Ed25519')
  writeWhole(file, privateKeyToProtobuf(key))
  return key
}

/** Under its name the file is whole or absent, whatever moment the process dies at. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}`
  const handle = openSync(draft, 'w', 0o600)
  writeSync(handle, bytes)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(draft, file)
}
