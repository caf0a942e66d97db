"""Words around Indonesian names: titles, forms of address, roles, and names that are common words too."""

from __future__ import annotations

TITLES = frozenset(
    "dr drs dra drg drh h hj ir prof st se sh mm msi mh ssos skom spd mkes amd sip sstp map kom sos ak ns ners apt "
    "skm spt spi shut shum sag sth lc ma mba mph msc phd mpd mkom mt mtr str spsi mpsi mhum mkn msos mak sap smn "
    "sap sik sin pd si ag hum keb kes kep tr ikom psi farm gz ip bin binti alm almh".split()
)
"""Academic and religious titles as written without dots, and words between the parts of a name."""

HONORIFIC = frozenset("dr drs dra drg drh h hj ir prof ns apt".split())
"""Titles that stand before a name."""

ADDRESS = frozenset(
    "pak bapak bpk bu ibu sdr sdri sdra saudara saudari mas mbak mba bang abang kak kakak adik dik tuan tn nyonya ny "
    "nona nn uda uni om tante ust ustaz ustadz ustad datuk kang cak bung teh".split()
)
"""Words by which people are called."""

ROLES = frozenset(
    "camat lurah sekcam seklur kadis kabid kabag kasi kasubag kasubbag sekdis narasumber pemateri fasilitator "
    "widyaiswara instruktur pengajar moderator ketua kepala sekretaris bendahara rekan atasan trainer mentor coach "
    "plt plh pj".split()
)
"""Words for what somebody does, often followed by the name."""

OFFICES = frozenset("dinas badan bidang bagian seksi sub subbagian kecamatan kelurahan puskesmas sekolah upt uptd".split())
"""Words that may stand between a role and the name."""

MUHAMMAD = frozenset("muhammad muhamad mohammad mohamad mochammad mochamad moh muh mhd moch muhd mohd".split())

PLACE_KINDS = frozenset(
    "kelurahan kel kecamatan kec desa ds kabupaten kab kota sd sdn smp smpn sma sman smk smkn tk tkn mts mtsn man "
    "negeri puskesmas pkm pustu posyandu rsud rs uptd upt pasar taman".split()
)
"""Kinds of places that are called after flowers, virtues and heroes, as people are."""

COMMON = frozenset(
    # flowers, trees, stones
    "mawar melati kenanga cempaka anggrek teratai dahlia seruni kemuning flamboyan kamboja tulip delima meranti jati "
    "cendana gaharu rotan pandan padi kapas intan mutiara permata nilam zamrud berlian kencana emas perak bunga "
    # sky, land, water
    "mentari purnama embun pelangi gerimis senja fajar awan bayu samudra samudera rimba telaga lembah bukit muara "
    "pantai bulan bintang surya matahari cahaya sinar guntur gunung laut sungai danau bumi angkasa bahari cakrawala "
    "lazuardi kirana suluh pelita timur barat utara selatan "
    # virtues and wishes
    "indah sari sentosa sejahtera makmur lestari abadi bestari setia bijaksana ikhlas tulus santun cermat teguh "
    "mandiri harmoni damai bahagia gemilang cemerlang perkasa wibawa saksama utama perdana pratama sahaja jaya mulia "
    "bakti bhakti karya cipta marga bina maju sukses harapan hidayah hikmah berkah rahmat rezeki anugerah kurnia "
    "karunia amal amanah iman taqwa budi pekerti satria merdeka sehat kuat cerdas cepat aman "
    # what is said of courses
    "bagus baik cukup jelas mantap agung adil arif bijak ramah sopan rapi rajin luhur gembira senang subur wahyu "
    "fitri taufik akbar halus merata terima ketua muda jujur rukun sabar tenang kasih sayang cinta asri elok murni suci "
    "ceria pintar ilmu guru teladan juara prima citra mega inti budaya seni inovasi digital madani insan cendekia anggun "
    "garuda rajawali merpati elang mandala graha wisma alam udara hari pagi siang sore malam "
    # people, land and time
    "putri putra dewi dewa ratu raja sri nusantara pertiwi persada buana khatulistiwa sultan islam wanita pria "
    "eka dwi tri catur panca januari februari maret april mei juni juli agustus september oktober november desember "
    "senin selasa rabu kamis jumat sabtu minggu ahad ramadan ramadhan".split()
)
"""Words that are names of people and common words, places and courses as well: alone they are no name."""
