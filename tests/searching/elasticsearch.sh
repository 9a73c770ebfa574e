#!/bin/sh
# Fetches an Elasticsearch server for tests and prints the folder it lies in:  elasticsearch.sh 8.19.16
#
# It is the "integ-test" distribution that Maven repositories carry: a real server with few modules. Needs Maven
# and unzip (Debian: apt install maven openjdk-17-jre-headless unzip). Kept in a cache folder and fetched once;
# it is used for tests only and never goes out with Chyrak.
set -eu
version=${1:?usage: elasticsearch.sh VERSION}
cache=${CHYRAK_TEST_CACHE:-/var/tmp/chyrak-test-servers}
folder=$cache/elasticsearch-$version
artefact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip
case $version in
    8.19.16) sum=c3d95992e27741b33a8057118379cda8b17cfda9e46ff4ec25e3f5b94fc22b52 ;;
    9.2.4) sum=af7b81fe31627c7523b2546351cd4e47310faa6a72c8db8dc8f7a191e871cfaf ;;
    *) sum= ;;
esac

if [ ! -x "$folder/bin/elasticsearch" ]; then
    for program in mvn unzip; do
        command -v $program >/dev/null || { echo "$program is missing. Debian: apt install maven unzip" >&2; exit 3; }
    done
    mkdir -p "$cache"
    repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
    mvn -B -q -Dstyle.color=never -Dmaven.repo.local="$repository" \
        dependency:get -Dtransitive=false -Dartifact="$artefact" >&2
    zip=$repository/org/elasticsearch/distribution/integ-test-zip/elasticsearch/$version/elasticsearch-$version.zip
    [ -z "$sum" ] || echo "$sum  $zip" | sha256sum -c --quiet >&2
    rm -rf "$folder.new"
    unzip -q "$zip" -d "$folder.new"
    rm -rf "$folder"
    mv "$folder.new"/elasticsearch-"$version" "$folder"
    rmdir "$folder.new"
    if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
        chown -R nobody "$folder"
    fi
    chmod -R a+rX "$folder"
fi
echo "$folder"
