# What the WebAssembly build uses in place of Debian's libraries, which are machine code: the same releases, from source
# (.ci/fetch-web-sources). Headers alone (cereal, JSON) are taken from Debian's packages.
execute_process(COMMAND bash ${PROJECT_SOURCE_DIR}/.ci/fetch-web-sources
                OUTPUT_VARIABLE muistio_web_sources OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE muistio_web_failed)
if(muistio_web_failed)
  message(FATAL_ERROR "The sources for WebAssembly are not here and could not be fetched; run .ci/fetch-web-sources to see why")
endif()

# Only these two folders of the machine's own headers.
set(muistio_header_only ${CMAKE_BINARY_DIR}/header-only)
file(MAKE_DIRECTORY ${muistio_header_only})
foreach(library cereal nlohmann)
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is not there; see .ci/packages")
  endif()
  file(CREATE_LINK /usr/include/${library} ${muistio_header_only}/${library} SYMBOLIC)
endforeach()
include_directories(SYSTEM ${muistio_header_only})

function(muistio_foreign name)
  add_library(${name} STATIC ${ARGN})
  target_compile_options(${name} PRIVATE -w)
endfunction()

# What crypto/crypto calls, and what sodium_init does; no machine's own instructions.
foreach(part
  crypto_aead/chacha20poly1305/sodium/aead_chacha20poly1305 crypto_aead/xchacha20poly1305/sodium/aead_xchacha20poly1305
  crypto_auth/hmacsha256/auth_hmacsha256 crypto_core/ed25519/ref10/ed25519_ref10 crypto_core/hchacha20/core_hchacha20
  crypto_core/hsalsa20/ref2/core_hsalsa20_ref2 crypto_core/salsa/ref/core_salsa_ref
  crypto_generichash/blake2b/generichash_blake2 crypto_generichash/blake2b/ref/blake2b-compress-ref
  crypto_generichash/blake2b/ref/blake2b-ref crypto_generichash/blake2b/ref/generichash_blake2b
  crypto_generichash/crypto_generichash crypto_hash/sha256/cp/hash_sha256_cp crypto_hash/sha256/hash_sha256
  crypto_hash/sha512/cp/hash_sha512_cp crypto_hash/sha512/hash_sha512 crypto_onetimeauth/crypto_onetimeauth
  crypto_onetimeauth/poly1305/donna/poly1305_donna crypto_onetimeauth/poly1305/onetimeauth_poly1305
  crypto_pwhash/argon2/argon2-core crypto_pwhash/argon2/argon2-encoding crypto_pwhash/argon2/argon2-fill-block-ref
  crypto_pwhash/argon2/argon2 crypto_pwhash/argon2/blake2b-long crypto_pwhash/argon2/pwhash_argon2id
  crypto_scalarmult/curve25519/ref10/x25519_ref10 crypto_scalarmult/curve25519/scalarmult_curve25519
  crypto_sign/ed25519/ref10/keypair crypto_sign/ed25519/ref10/open crypto_sign/ed25519/ref10/sign
  crypto_sign/ed25519/sign_ed25519 crypto_stream/chacha20/ref/chacha20_ref crypto_stream/chacha20/stream_chacha20
  crypto_stream/salsa20/ref/salsa20_ref crypto_stream/salsa20/stream_salsa20 crypto_verify/sodium/verify
  randombytes/randombytes sodium/codecs sodium/core sodium/runtime sodium/utils)
  list(APPEND sodium_sources ${muistio_web_sources}/libsodium/src/libsodium/${part}.c)
endforeach()
muistio_foreign(web_sodium ${sodium_sources})
target_include_directories(web_sodium SYSTEM PUBLIC ${muistio_web_sources}/libsodium/src/libsodium/include
                                             PRIVATE ${muistio_web_sources}/libsodium/src/libsodium/include/sodium)
target_compile_definitions(web_sodium PRIVATE CONFIGURED=1 SODIUM_STATIC=1 NATIVE_LITTLE_ENDIAN=1)
add_library(PkgConfig::sodium ALIAS web_sodium)

foreach(part adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil)
  list(APPEND zlib_sources ${muistio_web_sources}/zlib/${part}.c)
endforeach()
muistio_foreign(web_zlib ${zlib_sources})
target_include_directories(web_zlib SYSTEM PUBLIC ${muistio_web_sources}/zlib)
add_library(ZLIB::ZLIB ALIAS web_zlib)

muistio_foreign(web_utf8proc ${muistio_web_sources}/utf8proc/utf8proc.c)
target_include_directories(web_utf8proc SYSTEM PUBLIC ${muistio_web_sources}/utf8proc)
target_compile_definitions(web_utf8proc PUBLIC UTF8PROC_STATIC)
add_library(PkgConfig::utf8proc ALIAS web_utf8proc)

set(stemmer ${muistio_web_sources}/snowball)
muistio_foreign(web_stemmer ${stemmer}/runtime/api.c ${stemmer}/runtime/utilities.c ${stemmer}/written/libstemmer.c
                ${stemmer}/written/stem_UTF_8_dutch.c ${stemmer}/written/stem_UTF_8_english.c
                ${stemmer}/written/stem_UTF_8_finnish.c ${stemmer}/written/stem_UTF_8_swedish.c)
set(MUISTIO_STEMMER web_stemmer)
set(MUISTIO_STEMMER_INCLUDE ${stemmer}/include)

# One thread a Worker.
add_library(Threads::Threads INTERFACE IMPORTED)
