/** The contest in a page. */
import { OTHER_WASM_PATH, openContest } from './contest.ts'

const response = await fetch(OTHER_WASM_PATH)
globalThis.contest = openContest(await response.arrayBuffer())
