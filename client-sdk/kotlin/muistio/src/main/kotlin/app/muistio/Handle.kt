package app.muistio

import java.lang.ref.PhantomReference
import java.lang.ref.ReferenceQueue
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

/**
 * The native handle of a client: closed once, by whoever is first: [close], or, if the app forgot, after its owner was collected.
 * (java.lang.ref.Cleaner would do on the JVM; Android has it only from API 33 on.)
 */
internal class Handle(val value: Long) {
    private val open = AtomicBoolean(true)

    val isOpen: Boolean get() = open.get()

    /** What ends with the client: the flows that are collected. */
    val ends: MutableSet<() -> Unit> = Collections.newSetFromMap(ConcurrentHashMap())

    /** Blocks until the client's thread is joined. */
    fun close() {
        if (!open.compareAndSet(true, false)) return
        Native.close(value)
        ends.forEach { it() }
    }

    private class Left(owner: Any, val handle: Handle) : PhantomReference<Any>(owner, queue)

    companion object {
        private val queue = ReferenceQueue<Any>()
        private val owned: MutableSet<Left> = Collections.newSetFromMap(ConcurrentHashMap())

        init {
            thread(isDaemon = true, name = "muistio-forgotten") {
                while (true) {
                    val left = queue.remove() as Left
                    owned.remove(left)
                    left.handle.close()
                }
            }
        }

        /** Closes `handle` when `owner` was collected, unless it is closed before. */
        fun closeWithOwner(owner: Any, handle: Handle) {
            owned.removeIf { !it.handle.isOpen }
            owned.add(Left(owner, handle))
        }
    }
}
