import type { Call } from '../../ports/asterism.ts'

/** A view, and with it the tools of the call that it shows: they come together or not at all. */
export async function withTools<View>(call: Pick<Call, 'tools'>, view: Promise<View>): Promise<View> {
  const [loaded] = await Promise.all([view, call.tools()])
  return loaded
}
