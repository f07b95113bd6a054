/** A service worker with our block store and nothing else. */
import type { StorageAnswer, StorageCall } from '../../../src/protocol/storage-worker.ts'
import { answerRequest } from '../../../workers/storage/answer-request.ts'
import { IdbBlockStore } from '../../../workers/storage/idb-block-store.ts'

type Call = Event & {
  readonly data: StorageCall<Blob, CryptoKey>
  readonly source: { postMessage(answer: StorageAnswer<Blob>): void }
  waitUntil(work: Promise<unknown>): void
}

const store = new IdbBlockStore()

addEventListener('message', (event) => {
  const { data, source, waitUntil } = event as unknown as Call
  const answer = async () => source.postMessage({ t: 'answer', id: data.id, reply: await answerRequest(store, data.request) })
  waitUntil.call(event, answer())
})
