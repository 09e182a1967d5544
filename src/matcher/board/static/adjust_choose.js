// A claim on the waitlist becomes chosen, because its claimant is put on a visit.
import { ask, notify, problemNode } from "./board.js";
import { data } from "./adjust_model.js";

/** Mark a claim as chosen; whether it could be. */
export async function choose(claim) {
  try {
    await ask("PATCH", `${data.api}/claims/${encodeURIComponent(claim)}`, { json: { state: "chosen" }, ifMatch: "*" });
    return true;
  } catch (error) {
    if (!error.problem) throw error;
    notify(problemNode(error.problem), { problem: true });
    return false;
  }
}
