import { expect } from 'vitest'
import { meetInCall } from '../twins/people-in-call.ts'
import { chatContract } from './chat.ts'

async function meet() {
  const { come } = await meetInCall()
  return [await come('Olga'), await come('Ann')] as const
}

chatContract({
  async inMain() {
    const [olga] = await meet()
    return olga.chat
  },
  async inBeds() {
    const [olga, ann] = await meet()
    await olga.session.setSubRooms([{ id: 'beds', name: 'Beds' }], { peopleMove: false })
    await olga.session.place([olga.device, ann.device], 'beds')
    await expect.poll(() => ann.session.state.subRoom).toBe('beds')
    return olga.chat
  },
  async whispering() {
    const [olga, ann] = await meet()
    await olga.session.whisper(ann.device)
    await expect.poll(() => ann.session.state.participants.some(({ confides }) => confides.voice)).toBe(true)
    return olga.chat
  },
})
