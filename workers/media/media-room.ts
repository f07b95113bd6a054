/** The worker's side of a tab's calls: which request goes where. What came before the call began waits for it. */
import type { EncodedStreams, MediaNews, MediaRequest, TransformOptions } from '../../src/protocol/media-worker.ts'
import { measureForwarding } from './measure-forwarding.ts'
import { MediaCall } from './media-call.ts'
import type { Objects } from './objects.ts'
import { Envelope, PipeWriter, readPipe, testPipe } from './pipe.ts'

type Request = MediaRequest<Objects>
type Begin = Extract<Request, { t: 'begin' }>

export class MediaRoom {
  readonly #news: (news: MediaNews) => void
  readonly #envelope = new Envelope()
  readonly #early: ((call: MediaCall) => void)[] = []
  #call: MediaCall | undefined
  #stopTest = () => {}

  constructor(news: (news: MediaNews) => void) {
    this.#news = news
  }

  handle(request: Request): void {
    switch (request.t) {
      case 'begin':
        void this.#begin(request)
        return
      case 'envelope':
        void this.#envelope.keep(request.streams)
        return
      case 'test':
        this.#stopTest = testPipe(new PipeWriter(request.streams, this.#envelope))
        return
      case 'end':
        this.#call?.close()
        this.#call = undefined
        return
      default:
        this.#with((call) => call.handle(request))
    }
  }

  attach(options: TransformOptions, streams: EncodedStreams<Objects>): void {
    this.#news({ t: 'attached', id: options.id })
    if (options.kind === 'test') void readPipe(streams.readable, () => this.#tested())
    else this.#with((call) => call.attach(options, streams))
  }

  #with(act: (call: MediaCall) => void): void {
    if (this.#call === undefined) this.#early.push(act)
    else act(this.#call)
  }

  async #begin({ self, forwards, packetsPerSecond }: Begin): Promise<void> {
    this.#call?.close()
    const call = new MediaCall({ self, forwards, news: this.#news, envelope: this.#envelope })
    this.#call = call
    for (const act of this.#early.splice(0)) act(call)
    this.#news({ t: 'ready', packetsPerSecond: packetsPerSecond ?? (await measureForwarding()) })
  }

  #tested(): void {
    this.#stopTest()
    this.#news({ t: 'tested' })
  }
}
