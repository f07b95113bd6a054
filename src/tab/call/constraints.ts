/** What is asked of cameras, microphones and screens: enough to talk, little enough for a full mesh. */

/** `noiseSuppression`: the browser's own. Two filters one after another eat voices. */
export function microphoneConstraints(device: ConstrainDOMString | undefined, noiseSuppression: boolean): MediaTrackConstraints {
  return { echoCancellation: true, noiseSuppression, autoGainControl: true, ...(device === undefined ? {} : { deviceId: device }) }
}

export function cameraConstraints(device: ConstrainDOMString | undefined): MediaTrackConstraints {
  const picture = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } }
  return device === undefined ? picture : { ...picture, deviceId: device }
}

/** Sound of a screen is music or a film: nothing may filter it. */
export const SCREEN_REQUEST: DisplayMediaStreamOptions = {
  video: { frameRate: { ideal: 15, max: 30 }, width: { max: 1920 }, height: { max: 1080 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
}
