/**
 * The last touch of a tree: of those who pass nothing on, those stand straight under the source whom it would cost most to
 * serve through another. In a new tree each of the others hangs where it costs least; in one that stays nobody else is moved.
 */
import { canGoStraight, type Line, priceOf } from './lines.ts'
import { type Branch, canHang, hang, hangStraight, prune, type Room, type Tree, unhang } from './tree.ts'

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
  const leaves = leavesOf(tree)
  const dear = dearest(tree, leaves)
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

/** As many as the source has room for; who passed the stream on for them alone lets it go, which may give room again. */
export function liftLeaves(tree: Tree): void {
  const lifted = dearest(tree, leavesOf(tree)).slice(0, Math.max(0, tree.quota - tree.straight))
  for (const { branch } of lifted) {
    unhang(tree, branch)
    hangStraight(tree, branch.line)
  }
  prune(tree)
  if (lifted.length > 0) liftLeaves(tree)
}

function leavesOf({ branches }: Tree): readonly Branch[] {
  return [...branches.values()].filter(({ children }) => children === 0)
}

/** Of those that could go straight, whom it costs most to serve through another. */
function dearest({ demand }: Tree, leaves: readonly Branch[]): readonly { readonly branch: Branch; readonly price: number }[] {
  return leaves
    .filter(({ line, parent }) => parent !== demand.source && canGoStraight(line, demand.source))
    .map((branch) => ({ branch, price: priceOf(demand, branch.parent, branch.line, demand.source) }))
    .toSorted((a, b) => b.price - a.price)
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
