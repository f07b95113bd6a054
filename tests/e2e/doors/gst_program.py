"""GStreamer as a program at a door, with nothing but its address: `publish` sends a test picture and a tone by WHIP, `play`
takes what a door sends by WHEP. `publish-as-obs` does what OBS Studio does: H.264 baseline and nothing else, the sound first,
and a token that the door has no use for; `publish-stamped` writes the time into each picture. Says what happens as one JSON object a line; ends when its input does, with a DELETE."""
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

WIDTH, HEIGHT, FPS = 640, 360, 15
# Stamps are numbers of eight bits, one for each so many milliseconds.
STAMP_MS = 40
STAMP_ROWS = 36
PICTURE = 'videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=15/1 !'
SOUND = '''
  audiotestsrc is-live=true wave=sine ! audioconvert ! audioresample ! opusenc ! rtpopuspay
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! web.
'''
VP8 = '''
  vp8enc deadline=1 cpu-used=8 keyframe-max-dist=60 ! rtpvp8pay picture-id-mode=15-bit
    ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! web.
'''
SOURCES = {
    'publish': PICTURE + VP8 + SOUND,
    'publish-stamped': f'''
  appsrc name=stamped is-live=true format=time do-timestamp=true max-buffers=2 leaky-type=downstream caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1 !
  {VP8} {SOUND}''',
    'publish-as-obs': f'''
  {SOUND}
  {PICTURE} openh264enc complexity=low gop-size=30 ! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1
    ! rtph264pay aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96 ! web.
''',
    # A launch line of one element gives that element alone; with a second one it is a pipeline.
    'play': 'fakesrc num-buffers=0 ! fakesink',
}


def say(**what):
    print(json.dumps(what), flush=True)


def stamp(number):
    """The upper rows of a picture, as talking-head-stamp.ts reads them."""
    check = ((number >> 4) ^ number ^ 0b1010) & 0b1111
    cells = f'01{number:08b}{check:04b}10'
    return b''.join((b'\xeb' if cell == '1' else b'\x10') * (WIDTH // len(cells)) for cell in cells) * STAMP_ROWS


class Program:
    def __init__(self, role, url):
        self.role, self.url = role, url
        self.location = None
        self.is_posted = False
        self.frames, self.loudest = 0, -1000.0
        self.headers = {'Authorization': 'Bearer secret'} if role == 'publish-as-obs' else {}
        self.pipeline = Gst.parse_launch(f'webrtcbin name=web bundle-policy=max-bundle {SOURCES[role]}')
        self.web = self.pipeline.get_by_name('web')
        self.web.connect('notify::ice-gathering-state', self.on_gathering)
        self.web.connect('notify::connection-state', lambda *_: say(connection=self.web.get_property('connection-state').value_nick))
        self.web.connect('pad-added', self.on_pad)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message', self.on_message)
        if role == 'play':
            for media in ('video,encoding-name=VP8,payload=96,clock-rate=90000', 'audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2'):
                caps = Gst.Caps.from_string(f'application/x-rtp,media={media}')
                self.web.emit('add-transceiver', GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
        self.web.connect('on-negotiation-needed', self.on_negotiation)
        self.pipeline.set_state(Gst.State.PLAYING)
        if role == 'publish-stamped':
            self.stripes = b''.join(bytes([40 + (3 * n) % 160]) * 8 for n in range(WIDTH // 4))
            GLib.timeout_add(1000 // FPS, self.push)

    def push(self):
        """Stripes that wander, below the time."""
        at = int(time.time() * FPS) % WIDTH
        light = stamp(int(time.time() * 1000) // STAMP_MS & 255) + self.stripes[at : at + WIDTH] * (HEIGHT - STAMP_ROWS)
        self.pipeline.get_by_name('stamped').emit('push-buffer', Gst.Buffer.new_wrapped(light + b'\x80' * (WIDTH * HEIGHT // 2)))
        return True

    def on_negotiation(self, web):
        if self.role != 'play':
            for place in range(2):
                web.emit('get-transceiver', place).set_property('direction', GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        web.emit('create-offer', None, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        # The offer lives in the reply: without a name of its own that would be gone before it is used.
        reply = promise.get_reply()
        offer = reply.get_value('offer')
        self.web.emit('set-local-description', offer, Gst.Promise.new())

    def on_gathering(self, web, _):
        if self.is_posted or web.get_property('ice-gathering-state') != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return
        self.is_posted = True
        threading.Thread(target=self.post, args=[web.get_property('local-description').sdp.as_text()], daemon=True).start()

    def post(self, sdp):
        posted_at_ms = int(time.time() * 1000)
        request = urllib.request.Request(self.url, sdp.encode(), {'Content-Type': 'application/sdp', **self.headers}, method='POST')
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                self.location = urllib.parse.urljoin(self.url, answer.headers['Location'])
                text = answer.read().decode()
                say(status=answer.status, postedAtMs=posted_at_ms, answeredAtMs=int(time.time() * 1000))
        except urllib.error.HTTPError as refusal:
            return say(status=refusal.code, postedAtMs=posted_at_ms)
        _, message = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.web.emit('set-remote-description', answer, Gst.Promise.new())

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        media = pad.get_current_caps().get_structure(0).get_string('media')
        rest = (
            'rtpvp8depay ! vp8dec ! fakesink name=end sync=false'
            if media == 'video'
            else 'rtpopusdepay ! opusdec ! audioconvert ! level interval=200000000 ! fakesink sync=false'
        )
        chain = Gst.parse_bin_from_description(f'queue ! {rest}', True)
        self.pipeline.add(chain)
        if media == 'video':
            chain.get_by_name('end').get_static_pad('sink').add_probe(Gst.PadProbeType.BUFFER, self.on_frame)
        chain.sync_state_with_parent()
        pad.link(chain.get_static_pad('sink'))

    def on_frame(self, *_):
        self.frames += 1
        if self.frames == 1:
            say(firstFrameAtMs=int(time.time() * 1000))
        return Gst.PadProbeReturn.OK

    def on_message(self, _, message):
        if message.type == Gst.MessageType.ERROR:
            say(error=str(message.parse_error()[0]))
        elif message.type == Gst.MessageType.ELEMENT and message.get_structure().get_name() == 'level':
            self.loudest = max(self.loudest, *message.get_structure().get_value('peak'))

    def report(self):
        say(frames=self.frames, loudestDb=round(self.loudest, 1))
        return True

    def end(self):
        if self.location is not None:
            with urllib.request.urlopen(urllib.request.Request(self.location, headers=self.headers, method='DELETE'), timeout=10) as answer:
                say(deleted=answer.status)
        self.pipeline.set_state(Gst.State.NULL)


Gst.init(None)
loop = GLib.MainLoop()
program = Program(sys.argv[1], sys.argv[2])
if program.role == 'play':
    GLib.timeout_add(500, program.report)


def wait_for_end():
    sys.stdin.read()
    GLib.idle_add(loop.quit)


threading.Thread(target=wait_for_end, daemon=True).start()
loop.run()
program.end()
