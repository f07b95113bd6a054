import { afterEach, expect, test, vi } from 'vitest'
import { CLIENT_CLASSES } from '../../../../src/protocol/balance.ts'
import { clientClass } from '../../../../src/tab/balance/probe-abilities.ts'

afterEach(() => void vi.unstubAllGlobals())

test('[BALANCE-1] every class of clients is one that some page finds itself to be', () => {
  const classIn = (isFramed: boolean, isInstalled: boolean) => {
    vi.stubGlobal('self', globalThis)
    vi.stubGlobal('top', isFramed ? {} : globalThis)
    vi.stubGlobal('matchMedia', () => ({ matches: isInstalled }))
    return clientClass()
  }
  expect([classIn(false, false), classIn(false, true), classIn(true, false)]).toEqual(CLIENT_CLASSES)
})
