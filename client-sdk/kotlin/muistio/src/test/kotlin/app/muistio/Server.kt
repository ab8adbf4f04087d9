package app.muistio

import java.io.File
import java.nio.file.Files

/** A folder that goes at the end of a test. */
class Folder : AutoCloseable {
    val file: File = Files.createTempDirectory("muistio-kotlin-").toFile()
    operator fun div(name: String) = File(file, name)
    override fun close() {
        file.deleteRecursively()
    }
}

/** A real muistiod on loopback. */
class Server(folder: Folder) : AutoCloseable {
    private val data = folder / "server"
    private var port = 0
    private lateinit var process: Process

    init {
        start()
    }

    fun start() {
        process = ProcessBuilder(
            System.getenv("MUISTIO_BIN") + "/muistiod", "serve", "--data", data.path, "--listen", "127.0.0.1:$port", "--dev-tls",
        ).redirectError(ProcessBuilder.Redirect.DISCARD).start()
        val ready = checkNotNull(process.inputStream.bufferedReader().readLine()) { "muistiod did not start" }
        port = ready.substringAfterLast(':').trim().toInt()
    }

    fun stop() {
        process.destroy()
        process.waitFor()
    }

    val url get() = "wss://127.0.0.1:$port"
    val authorities: String get() = (data / "dev-ca.pem").readText()
    val authoritiesFile get() = data / "dev-ca.pem"

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    private operator fun File.div(name: String) = File(this, name)
}
