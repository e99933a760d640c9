#ifndef GITREL_NO_CERTIFICATES_H
#define GITREL_NO_CERTIFICATES_H

// libgit2 reads every certificate authority of the machine when it is initialised (Debian builds it
// with mbedtls): a third of what a pre-push hook takes. gitrel opens no connection in process; git
// does, in a process of its own. These two definitions stand before those of the library.

int mbedtls_x509_crt_parse_file(void *chain, const char *path);
int mbedtls_x509_crt_parse_path(void *chain, const char *path);

#endif
