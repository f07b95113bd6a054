/**
 * The last touch of a new tree: of those who pass nothing on, those stand straight under the source whom it would cost most to
 * serve through another, and each of the others hangs where it costs least.
 */
import { canGoStraight, type Line, priceOf } from './lines.ts'
import { type Branch, canHang, hang, hangStraight, type Room, type Tree, unhang } from './tree.ts'

/** Of those nearest to the source who have room. `deepest`: a carrier has fewer hops. */
export function cheapest(tree: Tree, child: Line, room: Room, deepest = tree.deepest): Branch | undefined {
  for (const carriers of tree.carriers.slice(0, deepest)) {
    let best: Branch | undefined
    let bestPrice = Number.POSITIVE_INFINITY
    for (const branch of carriers) {
      if (branch.line === child || !canHang(tree, child, branch, room)) continue
      const price = priceOf(tree.demand, branch.line, child, tree.demand.source)
      if (price >= bestPrice) continue
      best = branch
      bestPrice = price
    }
    if (best !== undefined) return best
  }
  return undefined
}

export function swapLeaves(tree: Tree, room: Room): void {
  const { source } = tree.demand
  const leaves = [...tree.branches.values()].filter(({ children }) => children === 0)
  const dear = leaves
    .filter(({ line, parent }) => parent !== source && canGoStraight(line, source))
    .map((branch) => ({ branch, price: priceOf(tree.demand, branch.parent, branch.line, source) }))
    .toSorted((a, b) => b.price - a.price)
  const cheap = dear.length === 0 ? [] : leaves.filter(({ parent }) => parent === source).flatMap((branch) => asCarried(tree, branch, room))
  for (const [at, { branch, price, on }] of cheap.toSorted((a, b) => a.price - b.price).entries()) {
    const other = dear[at]
    if (other === undefined || other.price <= price) return
    // Somebody that was swapped before may hang here now.
    if (branch.children > 0 || tree.branches.get(on.line) !== on) continue
    unhang(tree, other.branch)
    if (canHang(tree, branch.line, on, room)) swap(tree, branch, other.branch, on)
    else hangAgain(tree, other.branch)
  }
}

function asCarried(
  tree: Tree,
  branch: Branch,
  room: Room,
): readonly { readonly branch: Branch; readonly price: number; readonly on: Branch }[] {
  const on = cheapest(tree, branch.line, room)
  return on === undefined ? [] : [{ branch, on, price: priceOf(tree.demand, on.line, branch.line, tree.demand.source) }]
}

function swap(tree: Tree, straight: Branch, carried: Branch, on: Branch): void {
  unhang(tree, straight)
  hangStraight(tree, carried.line)
  hang(tree, straight.line, on)
}

function hangAgain(tree: Tree, { line, parent }: Branch): void {
  const on = tree.branches.get(parent)
  if (on !== undefined) hang(tree, line, on)
}
