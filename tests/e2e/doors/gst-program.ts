/** GStreamer as a program at a door. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ProgramProcess } from './program-process.ts'

const SCRIPT = join(import.meta.dirname, 'gst_program.py')
/** Debian's bindings are for Debian's Python; another one may come first on the path. */
const PYTHON = '/usr/bin/python3'
const NEEDS = [
  "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst, GstWebRTC; Gst.init(None)",
  "assert all(Gst.ElementFactory.find(name) for name in ['webrtcbin', 'vp8enc', 'vp8dec', 'openh264enc', 'opusenc', 'opusdec', 'level', 'nicesrc'])",
].join('\n')

type GstRole = 'publish' | 'publish-as-obs' | 'publish-stamped' | 'play'

/** Python, its bindings and every plugin it takes. */
export function hasGStreamer(): boolean {
  return spawnSync(PYTHON, ['-c', NEEDS], { stdio: 'ignore' }).status === 0
}

export class GstProgram extends ProgramProcess {
  constructor(role: GstRole, url: string) {
    super(PYTHON, [SCRIPT, role, url])
  }
}
