import { expect, test } from 'vitest'
import { cameraFps, layerProfiles } from '../../../../src/core/call/layer-profiles.ts'

test('[MEDIAWORKER-43] a camera gives what the most frequent of its layers that are taken needs, and what the small one does when none is', () => {
  const [few, many] = [layerProfiles(4), layerProfiles(5)]
  expect(cameraFps(few, ['thumb', 'main'])).toBe(24)
  expect(cameraFps(many, ['main'])).toBe(15)
  expect(cameraFps(many, ['thumb'])).toBe(7.5)
  expect(cameraFps(few, [])).toBe(7.5)
  expect(cameraFps([], ['main'])).toBe(7.5)
})
