package dev.meridian.node;

import dev.meridian.document.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what this region proves with HMAC-SHA-256 (RFC 2104). The key is the cluster's, or, where
 * that has none, one of this region's own, which only its owner may read. Thread-safe.
 */
final class ProofKey {

  private static final String ALGORITHM = "HmacSHA256";
  private static final String FILE = "proof.key";
  private static final int BYTES = 32;

  private final SecretKeySpec key;

  private ProofKey(byte[] secret) {
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  static ProofKey of(Optional<String> clusterKey, Path dataDirectory) throws IOException {
    return new ProofKey(
        clusterKey.isPresent()
            ? clusterKey.get().getBytes(StandardCharsets.UTF_8)
            : own(dataDirectory.resolve(FILE)));
  }

  private static byte[] own(Path file) throws IOException {
    byte[] fresh = new byte[BYTES];
    new SecureRandom().nextBytes(fresh);
    try (var out =
        Files.newByteChannel(
            file,
            Set.<OpenOption>of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownersOnly())) {
      out.write(java.nio.ByteBuffer.wrap(fresh));
      return fresh;
    } catch (FileAlreadyExistsException known) {
      byte[] secret = Files.readAllBytes(file);
      if (secret.length != BYTES) {
        throw new IOException(file + " is no key; remove it, and a new one is made", known);
      }
      return secret;
    }
  }

  private static FileAttribute<?>[] ownersOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** The signature of some bytes, in hexadecimal. */
  String sign(Bytes bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(bytes.array(), bytes.offset(), bytes.length());
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
