// Asio's own sources, compiled once for this module.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
