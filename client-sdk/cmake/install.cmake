# Installs the library for apps, in three components: `runtime` (what a program that was linked needs), `c` (headers, CMake package,
# pkg-config file), `cpp` (muistio::client as static archives, with their headers).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(muistio_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/muistio)
install(TARGETS muistio_c EXPORT muistio-c LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT c)
install(EXPORT muistio-c NAMESPACE muistio:: DESTINATION ${muistio_cmake} COMPONENT c)
install(DIRECTORY client-sdk/include/muistio/c DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/muistio COMPONENT c)

# What muistio::client is linked from, and no server.
set(modules base crypto mls wire text replica sqlite store search space sync club attachment transport home archive client)
list(TRANSFORM modules PREPEND muistio_ OUTPUT_VARIABLE targets)
foreach(module IN LISTS modules)
  set_target_properties(muistio_${module} PROPERTIES EXPORT_NAME ${module})
endforeach()
install(TARGETS ${targets} muistio_warnings muistio_sanitizers EXPORT muistio-cpp
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/muistio COMPONENT cpp)
install(EXPORT muistio-cpp NAMESPACE muistio:: DESTINATION ${muistio_cmake} COMPONENT cpp)
install(DIRECTORY client-sdk/include/ client-sdk/home/include/ crypto/base/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT cpp PATTERN c EXCLUDE)

configure_package_config_file(client-sdk/cmake/muistio-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/muistio-config.cmake
                              INSTALL_DESTINATION ${muistio_cmake})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/muistio-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/muistio-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/muistio-config-version.cmake
        DESTINATION ${muistio_cmake} COMPONENT c)
# From the pkg-config file's folder up to the prefix, so that the tree may be moved.
file(RELATIVE_PATH muistio_up ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(client-sdk/cmake/muistio.pc.in muistio.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/muistio.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT c)
