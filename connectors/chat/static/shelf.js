// Files that wait to be sent, kept in IndexedDB until the server has them, so that a page that is
// loaded anew sends them after all. Where a browser forbids it, they live as long as the page.

const DATABASE = "loket-chat";
const STORE = "files";
const MOST_BYTES = 50_000_000;
const LONGEST_MS = 7 * 24 * 3600 * 1000;

// What begins with `prefix`.
const range = (prefix) => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withStore(mode, work) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(STORE));
    await done;
    return result;
  } finally {
    database.close();
  }
}

// Keeps it, unless all of them together would be too much.
export async function put(prefix, entry) {
  try {
    await withStore("readwrite", async (store) => {
      const kept = await settled(store.getAll(range(prefix)));
      const bytes = kept.reduce((sum, { file }) => sum + file.size, entry.file.size);
      if (bytes <= MOST_BYTES) await settled(store.put(entry, prefix + entry.id));
    });
  } catch {
    // It lives as long as the page.
  }
}

// The oldest first; what waited for a week is not wanted any more.
export async function all(prefix) {
  try {
    const kept = await withStore("readonly", (store) => settled(store.getAll(range(prefix))));
    const old = kept.filter(({ at }) => at < Date.now() - LONGEST_MS);
    for (const { id } of old) await remove(prefix, id);
    return kept.filter((entry) => !old.includes(entry)).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

export const remove = (prefix, id) => erase(prefix + id);
export const clear = (prefix) => erase(() => range(prefix));

async function erase(which) {
  try {
    const key = typeof which === "function" ? which() : which;
    await withStore("readwrite", (store) => settled(store.delete(key)));
  } catch {
    // Nothing was kept.
  }
}
