/** Every screen of the gallery as a person meets it: small and large, light and dark, with a mouse and without. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { showScene as show } from './gallery.ts'

test('[UI-41] read from right to left the files stand mirrored', async ({ page, relay }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  const found: string[] = []
  for (const scene of ['files-every-state', 'files-choosing', 'file-spread', 'bin', 'storage-over', 'files-in-folder']) {
    await show(page, relay.origin, scene)
    found.push(
      ...(await page.evaluate((scene) => {
        document.documentElement.dir = 'rtl'
        const { scrollWidth, clientWidth } = document.documentElement
        const [title, close] = ['dialog h2 bdi', 'dialog form'].map((each) => document.querySelector(each)?.getBoundingClientRect())
        const isCovered = title !== undefined && close !== undefined && close.right > title.left
        return [...(scrollWidth > clientWidth ? [`${scene} scrolls sideways`] : []), ...(isCovered ? [`${scene} covers its title`] : [])]
      }, scene)),
    )
  }
  expect(found).toEqual([])
  // A folder's name stands to the left of the way back, and that points right.
  const back = page.getByRole('button', { name: 'All files' })
  const [way, name] = [await back.boundingBox(), await page.getByRole('button', { name: 'Day 2' }).boundingBox()]
  expect(name?.x).toBeLessThan(way?.x ?? 0)
  expect(await back.locator('svg').evaluate((icon) => getComputedStyle(icon).transform)).toBe('matrix(-1, 0, 0, 1, 0, 0)')
})

test('[UI-72] the title of a dialog, and the way out of it, stay in sight while the rest scrolls', async ({ page, relay }) => {
  await page.setViewportSize({ width: 1280, height: 500 })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const scene of ['effects-own', 'doors-none', 'help', 'travels-nine']) {
    await show(page, relay.origin, scene)
    const dialog = page.getByRole('dialog')
    const isAtItsEnd = () =>
      dialog.evaluate((dialog) =>
        [dialog, ...dialog.querySelectorAll('div')].some(
          ({ scrollTop, clientHeight, scrollHeight }) => scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 1,
        ),
      )
    await page.mouse.move(640, 300)
    // What is in it may come a moment later.
    await expect(async () => {
      await page.mouse.wheel(0, 5000)
      expect(await isAtItsEnd()).toBe(true)
    }).toPass()
    await expect(dialog.getByRole('heading', { level: 2 })).toBeInViewport({ ratio: 1 })
    // Nothing covers it either.
    await dialog.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(dialog).toHaveCount(0)
  }
})

test('[UI-69] at the door nobody is told to be alone before a connection had time to come about', async ({ page, relay }) => {
  await show(page, relay.origin, 'door-alone')
  const inside = page.getByRole('status').filter({ hasText: /here/ })
  await expect(inside).toHaveText('Looking who is here …')
  await expect(inside).toHaveText('Nobody else is here right now.')
})

test('[UI-21] start a room, look at its files, write to it and leave, by keyboard alone', async ({ page, relay }) => {
  await page.goto(relay.origin)
  await reach(page, 'Start a room')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible()

  for (const name of ['Copy link', 'Share', 'Drop or choose files', 'Microphone', 'Camera', 'Share screen', 'People', 'Files', 'Chat'])
    await reach(page, name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible()
  await reach(page, 'Message', 'textbox')
  await page.keyboard.type('hello')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log').getByText('hello')).toBeVisible()

  await reach(page, 'Leave')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'You have left the room' })).toBeVisible()
  await reach(page, 'Rejoin')
})

/** Presses Tab until the named control has the focus. */
async function reach(page: Page, name: string, role: 'button' | 'textbox' = 'button'): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).first()
  for (let presses = 0; presses < 90; presses++) {
    if ((await wanted.count()) > 0 && (await wanted.evaluate((element) => element === document.activeElement))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} cannot be reached by Tab`)
}

test('[UI-16] under a call the new version is offered for after it', async ({ page, relay }) => {
  await show(page, relay.origin, 'update-in-call')
  await expect(page.getByRole('button', { name: 'After the call' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Reload' })).toHaveCount(0)
  await show(page, relay.origin, 'update')
  await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible()
})

test('[UI-12] of 10,000 files a few rows exist, wherever one scrolls', async ({ page, relay }) => {
  await show(page, relay.origin, 'files-ten-thousand')
  const rows = page.getByRole('region', { name: 'Files in this room' })
  await expect(rows.getByText('photo 00000.jpg')).toBeVisible()
  await rows.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect(rows.getByText('photo 09999.jpg')).toBeVisible()
  expect(await rows.locator('li').count()).toBeLessThan(60)
})

test('[UI-17] the keyboard opens help, closes it, and can be told to be quiet', async ({ page, relay }) => {
  await show(page, relay.origin, 'room-four')
  await page.keyboard.press('c')
  await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('log')).toHaveCount(0)
  await page.keyboard.press('?')
  await page.getByRole('checkbox', { name: /Single keys/ }).uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('c')
  await expect(page.getByRole('log')).toHaveCount(0)
})

test('[UI-39] a moving file is paused, continued and stopped by keyboard alone', async ({ page, relay }) => {
  await show(page, relay.origin, 'files-every-state')
  for (const [press, then] of [
    ['Pause', 'Continue'],
    ['Continue', 'Pause'],
    ['Cancel', 'Keep here too'],
  ] as const) {
    await reach(page, `${press}: film night.mkv`)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: `${then}: film night.mkv` })).toBeVisible()
  }
})

test('[UI-39] how a file is kept is chosen by keyboard alone, and says what it costs', async ({ page, relay }) => {
  await show(page, relay.origin, 'files-every-safety')
  await reach(page, 'More about street party.mp4')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'street party.mp4' })
  await reach(page, 'Keep all of it here')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('this device · all of it')).toBeVisible()

  await dialog.getByRole('radio', { name: '99.9 %', exact: false }).first().focus()
  await page.keyboard.press('ArrowRight')
  await expect(dialog.getByRole('radio', { name: /99\.99 %.*2\.8 ×/ })).toBeChecked()
  await expect(dialog.getByText('2.8 ×').first()).toBeVisible()
  await dialog.getByText('More ways').focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('radio', { name: /RAID 5/ }).focus()
  await page.keyboard.press('Space')
  await expect(dialog.getByRole('radio', { name: /RAID 5/ })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('[UI-37] the bound of a device moves by keyboard, and going below what is kept says what goes', async ({ page, relay }) => {
  await show(page, relay.origin, 'storage')
  const bound = page.getByRole('slider', { name: /It may keep up to/ })
  await bound.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(bound).toHaveAttribute('aria-valuetext', '5 GB')
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByText('3.4 GB are kept now, 3.3 GB more than that.')).toBeVisible()
  await expect(page.getByRole('heading', { name: '3.4 GB' })).toBeVisible()
})

test('[UI-32] into a folder and out again by keyboard', async ({ page, relay }) => {
  await show(page, relay.origin, 'files-folders')
  const rows = page.getByRole('region', { name: 'Files in this room' })
  await reach(page, 'Trip to the lake')
  await page.keyboard.press('Enter')
  await expect(rows.getByText('packing list.md')).toBeVisible()
  await reach(page, 'Day 1')
  await page.keyboard.press('Enter')
  await expect(rows.getByText('photo 00000.jpg')).toBeVisible()
  expect(await rows.locator('li').count()).toBeLessThan(60)
  await reach(page, 'All files')
  await page.keyboard.press('Enter')
  await expect(rows.getByText('Choir')).toBeVisible()
})

test('[UI-13] what was removed comes back by Undo, and from the bin', async ({ page, relay }) => {
  await show(page, relay.origin, 'room-four')
  await page.getByRole('button', { name: 'Files', exact: true }).waitFor()
  const rows = page.getByRole('region', { name: 'Files in this room' })
  for (const way of ['Undo', 'bin']) {
    await page.getByRole('button', { name: 'Remove minutes.pdf' }).click()
    await expect(rows.getByText('minutes.pdf')).toHaveCount(0)
    if (way === 'Undo') await page.getByRole('button', { name: 'Undo' }).click()
    else {
      await page.getByRole('button', { name: /^Bin/ }).click()
      await page.getByRole('button', { name: 'Bring back minutes.pdf' }).click()
      await page.getByRole('button', { name: 'In the room' }).click()
    }
    await expect(rows.getByText('minutes.pdf')).toBeVisible()
  }
})

test('[UI-11] a name made of markup is shown as its letters', async ({ page, relay }) => {
  await show(page, relay.origin, 'people')
  await expect(page.getByRole('complementary', { name: 'People' }).getByText('<img src=x onerror=alert(1)>')).toBeVisible()
})

test('[UI-24] a new name shows in the header at once', async ({ page, relay }) => {
  await show(page, relay.origin, 'you')
  await page.getByRole('textbox', { name: 'Your name here' }).fill('Zora Quill')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'You: Zora Quill' })).toBeVisible()
})

test('[UI-25] pictures play on while other things of the call change', async ({ page, relay }) => {
  await show(page, relay.origin, 'call-screen')
  const videos = page.locator('main video')
  await expect(videos).toHaveCount(4)
  await page.evaluate(() => {
    const before = [...document.querySelectorAll<HTMLVideoElement>('main video')].map(({ srcObject }) => srcObject)
    Object.assign(globalThis, { before })
  })
  const microphone = page.getByRole('button', { name: 'Microphone' })
  await microphone.click()
  await expect(microphone).toHaveAttribute('aria-pressed', 'false')
  const areSame = await page.evaluate(() => {
    const { before } = globalThis as unknown as { before: (MediaProvider | null)[] }
    return [...document.querySelectorAll<HTMLVideoElement>('main video')].map(({ srcObject }, i) => srcObject === before[i])
  })
  expect(areSame).toEqual([true, true, true, true])
})
