/** Microphone, camera and speaker as far as a page may know of them. */
import { type CheckLine, type DeviceFound, type DevicesFound, line } from './findings.ts'

/** Speech a metre away measures more; the noise of a quiet room less. */
const HEARD = 0.02

export function describeDevices({ microphone, camera, speakers, peak }: DevicesFound): readonly CheckLine[] {
  return [
    describeDevice('Microphone', microphone),
    describeLevel(peak),
    describeDevice('Camera', camera),
    speakers > 0
      ? line('devices', 'Speaker', 'good', speakers === 1 ? 'One is there.' : `${speakers} are there; choose among them under your name.`)
      : line('devices', 'Speaker', 'poor', 'The browser names none. Sound goes where the system sends it.'),
  ]
}

function describeDevice(name: 'Microphone' | 'Camera', { count, permission, state }: DeviceFound): CheckLine {
  const what = name.toLowerCase()
  if (typeof state === 'object') return line('devices', name, 'missing', state.failed)
  if (count === 0)
    return line('devices', name, 'missing', `No ${what} was found. Plug one in, or see whether the system has it switched off.`)
  if (permission === 'denied') return line('devices', name, 'missing', `This page may not use the ${what}. Allow it in the address bar.`)
  const found = count === 1 ? 'One is there' : `${count} are there`
  if (permission !== 'granted') return line('devices', name, 'poor', `${found}; the browser will ask when you turn it on.`)
  return line('devices', name, 'good', `${found}, this page may use it, and it is ${state}.`)
}

function describeLevel(peak: number | undefined): CheckLine {
  if (peak === undefined) return line('devices', 'Sound level', 'poor', 'The microphone is off: turn it on, speak and check again.')
  if (peak < HEARD)
    return line('devices', 'Sound level', 'poor', 'Nothing was heard. Speak while it checks; if it stays so, choose another microphone.')
  return line('devices', 'Sound level', 'good', `Something was heard, up to ${Math.round(peak * 100)} % of the loudest.`)
}
