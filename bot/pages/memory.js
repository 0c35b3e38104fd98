// Browser storage that may be full, forbidden or broken: then the page goes on without it.

/** `storage` is "localStorage" or "sessionStorage"; even naming it throws where cookies are blocked. */
export function recall(storage, key, otherwise = null) {
  try {
    const saved = window[storage].getItem(key);
    return saved === null ? otherwise : JSON.parse(saved);
  } catch {
    return otherwise;
  }
}

export function remember(storage, key, value) {
  try {
    window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // Private windows refuse; nothing the visitor can do about it.
  }
}
