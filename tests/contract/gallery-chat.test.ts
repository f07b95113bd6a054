import { fakeRoom } from '../../src/ui/gallery/fixtures/fake-room.ts'
import type { SessionFacts } from '../../src/ui/gallery/fixtures/fake-session.ts'
import { inCall, ME, person } from '../../src/ui/gallery/fixtures/people.ts'
import { chatContract } from './chat.ts'

const ANN = person('Ann')
const BEDS = { id: 'beds', name: 'Beds' }
const chatOf = async (session: SessionFacts) =>
  fakeRoom({ members: [ME, ANN].map((one) => inCall(one)), call: { state: 'in' }, session }).chat

chatContract({
  inMain: () => chatOf({}),
  inBeds: () => chatOf({ subRooms: [BEDS], subRoom: 'beds', people: { Ann: { subRoom: 'beds' } } }),
  whispering: () => chatOf({ whisperTo: ANN.device }),
})
